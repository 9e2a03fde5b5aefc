"""The listener itself: it never raises, never waits, costs next to nothing, and may be read from another thread."""

import itertools
import logging
import threading
import time
from typing import Any

import pytest

from bff.events import CallCrashed, CallFinished, Event, PageFinished
from bff.telemetry.metrics.catalogue import calls, pages, process
from bff.telemetry.metrics.snapshot import decoded
from tests.telemetry.metrics.happenings import cold_page, metrics, page, warm_page
from tests.telemetry.metrics.reading import counted, number, rows, values

NO_PAGE: Any = None


@pytest.mark.serial
@pytest.mark.parametrize(("events", "most"), [(warm_page(), 60e-6), (cold_page(), 150e-6)], ids=["warm", "cold"])
def test_a_page_costs_next_to_nothing(events: list[Event], most: float) -> None:
    worker = metrics()

    def once() -> float:
        started = time.perf_counter()
        for event in events:
            worker(event)
        return time.perf_counter() - started

    assert min(once() for _ in range(2_000)) < most


def test_a_bug_in_it_costs_no_page_is_logged_once_and_counted(caplog: pytest.LogCaptureFixture) -> None:
    worker = metrics()
    for _ in range(3):
        worker(PageFinished(NO_PAGE))
    worker(page())

    found = counted(worker)
    assert values(found, process.FAULTS) == {(): 3}
    assert sum(values(found, pages.PAGES).values()) == 1
    [record] = caplog.records
    assert (record.levelno, "PageFinished" in record.getMessage()) == (logging.ERROR, True)


def test_an_event_that_counts_nothing_is_none_of_its_business() -> None:
    worker = metrics()
    worker(CallCrashed("todos", "first", ValueError()))
    assert values(counted(worker), process.FAULTS) == {(): 0}


def test_what_another_thread_reads_is_whole_and_never_falls() -> None:
    worker = metrics()
    stop = threading.Event()
    snapshots: list[bytes] = []

    def scrape() -> None:
        while not stop.is_set():
            snapshots.append(worker.snapshot())

    thread = threading.Thread(target=scrape)
    thread.start()
    for count in range(4_000):
        worker(page(verdict=None))
        worker(CallFinished(f"source {count}", "first", 0.0, f"code {count % 7}"))
    stop.set()
    thread.join()

    assert len(snapshots) > 1
    totals = [decoded(snapshot).totals for snapshot in (*snapshots, worker.snapshot())]
    for before, after in itertools.pairwise(totals):
        assert sum(values(before, calls.CALLS).values()) <= sum(values(after, calls.CALLS).values())
        for labels, row in rows(before, pages.PAGE_SECONDS).items():
            assert number(row) <= number(rows(after, pages.PAGE_SECONDS)[labels])
    assert sum(values(totals[-1], calls.CALLS).values()) == 4_000
