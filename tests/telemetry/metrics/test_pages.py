"""What a page is counted as."""

import pytest

from bff.errors import SectionState
from bff.page_timeline import PagePhase, Verdict
from bff.telemetry.metrics.catalogue import calls, pages
from bff.timeline.load import LoadTimeline
from bff.timeline.trace import TraceContext
from tests.telemetry.metrics.happenings import call, cold_page, metrics, page, section
from tests.telemetry.metrics.reading import counted, number, rows, sums, values


def test_a_page_is_counted_by_verdict_operation_and_client() -> None:
    worker = metrics()
    worker(page(verdict=Verdict.WHOLE))
    worker(page(verdict=Verdict.WHOLE))
    worker(page(verdict=Verdict.DEGRADED, operation="Nobody knows it", client=None))
    worker(page(verdict=Verdict.CORE_MISSING, operation=None, client="curl"))

    assert values(counted(worker), pages.PAGES) == {
        ("whole", "LandingPage", "web"): 2,
        ("degraded", "other", "none"): 1,
        ("core_missing", "none", "other"): 1,
    }


def test_what_was_refused_is_a_request_and_no_page() -> None:
    worker = metrics()
    before = (PagePhase.VIEWER, PagePhase.BODY)
    worker(page(verdict=Verdict.REFUSED, status=401, code="UNAUTHENTICATED", phases=before))
    worker(page(verdict=Verdict.GONE, status=499, phases=before))
    found = counted(worker)

    assert values(found, pages.REQUESTS) == {("401", "UNAUTHENTICATED"): 1, ("499", "none"): 1}
    assert values(found, pages.PAGES) == {}
    assert rows(found, pages.PAGE_SECONDS) == {}


@pytest.mark.parametrize("verdict", [Verdict.CRASHED, Verdict.GONE])
def test_a_page_that_crashed_or_that_nobody_waited_for_is_a_page(verdict: Verdict) -> None:
    worker = metrics()
    worker(page(verdict=verdict, seconds=2.5))
    [(labels, row)] = rows(counted(worker), pages.PAGE_SECONDS).items()
    assert (labels, number(row)) == ((verdict.value,), 1)
    assert row.sum == pytest.approx(2.5)


def test_how_long_it_took_falls_into_the_bucket_it_is_at_most() -> None:
    worker = metrics()
    for seconds in (0.0, 0.005, 1.0, 1.0001, 99.0):
        worker(page(seconds=seconds))
    row = rows(counted(worker), pages.PAGE_SECONDS)["whole",]
    at_one = pages.SECONDS.index(1.0)
    assert (row.counts[0], row.counts[at_one], row.counts[at_one + 1], row.counts[-1]) == (2, 1, 1, 1)


def test_its_phases_are_those_of_source_page() -> None:
    worker = metrics()
    worker(page(seconds=0.030))
    assert sums(counted(worker), calls.PHASE_SECONDS) == {
        ("page", "viewer"): 0.001,
        ("page", "body"): 0.001,
        ("page", "document"): 0.001,
        ("page", "execute"): 0.001,
        ("page", "serialise"): 0.026,
    }


def test_sections_are_counted_by_how_they_were_come_by() -> None:
    worker = metrics()
    late = section("recommendations", SectionState.TIMED_OUT, "DEADLINE_EXCEEDED", seconds=0.3)
    worker(page(section("messages"), late, verdict=Verdict.DEGRADED))
    found = counted(worker)

    assert values(found, pages.SECTIONS) == {
        ("messages", "messages", "LIVE", "none"): 1,
        ("recommendations", "recommendations", "TIMED_OUT", "DEADLINE_EXCEEDED"): 1,
    }
    assert sums(found, pages.SECTION_SECONDS)["recommendations", "recommendations"] == 0.3


def test_calls_of_a_page_are_those_that_were_sent_for_it() -> None:
    worker = metrics()
    for event in cold_page():
        worker(event)
    never_sent = call("todos")
    never_sent.attempts.clear()
    worker(page(calls=(never_sent,)))
    row = rows(counted(worker), pages.CALLS_PER_PAGE)[()]
    assert (row.counts[0], row.counts[6], number(row)) == (1, 1, 2)


def test_the_wait_for_another_process_is_told_by_the_page_that_waited() -> None:
    waited_for = call("todos")
    waited_for.asked_at, waited_for.elsewhere_at = None, 100.005
    load = LoadTimeline("todos", "first", None, 100.0, 100.001, 100.025, 1, waited_for)
    worker = metrics()
    worker(page(section("todos", loads=(load,))))
    assert sums(counted(worker), calls.PHASE_SECONDS)["todos", "elsewhere"] == 0.02


def test_a_bucket_shows_the_latest_trace_that_can_be_looked_at() -> None:
    worker = metrics()
    for name, sampled in (("a", True), ("b", True), ("c", False)):
        worker(page(trace=TraceContext(name * 32, "b" * 16, None, sampled, ours=True)))
    [exemplar] = rows(counted(worker), pages.PAGE_SECONDS)["whole",].exemplars.values()
    assert exemplar.trace_id == "b" * 32
