"""A collector that is down, refuses or hangs costs spans, and no page anything."""

import logging
import socket
import time

import pytest

from bff.events import PageFinished
from bff.telemetry.traces.sending import MOST_WAITING
from tests.telemetry.timelines import a_call, a_page, a_section
from tests.telemetry.traces.collector import collecting, until
from tests.telemetry.traces.test_spans import traces_at


def nowhere() -> str:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return f"http://127.0.0.1:{taken.getsockname()[1]}"


def said(caplog: pytest.LogCaptureFixture) -> list[tuple[str, str]]:
    assert not [record for record in caplog.records if record.name.startswith("opentelemetry")]
    return [(record.levelname, record.getMessage()) for record in caplog.records if record.name == "bff.traces"]


def test_a_collector_that_is_down_is_said_once_and_spans_are_counted(caplog: pytest.LogCaptureFixture) -> None:
    with traces_at(nowhere(), timeout=0.2) as traces:
        for batch in range(1, 4):
            for _ in range(10):
                traces(PageFinished(a_page(sections=[a_section()])))
            until(lambda batch=batch: traces.dropped == 20 * batch)  # type: ignore[misc]  # mypy infers no default
    [(level, text)] = said(caplog)
    assert level == "WARNING"
    assert text.startswith("traces cannot be sent, and are dropped until they can; pages go on: ")


def test_that_it_is_down_is_said_with_the_reason(caplog: pytest.LogCaptureFixture) -> None:
    with traces_at(nowhere(), timeout=1.5) as traces:
        for _ in range(10):
            traces(PageFinished(a_page()))
        until(lambda: traces.dropped == 10)
    [(_, text)] = said(caplog)
    assert "refused" in text


def test_one_that_comes_back_is_said_with_what_was_lost(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    with collecting() as (collector, url), traces_at(url, timeout=0.5) as traces:
        collector.status = 400
        traces(PageFinished(a_page(sections=[a_section()])))
        until(lambda: traces.dropped == 2)
        collector.status = 200
        traces(PageFinished(a_page()))
        until(lambda: len(said(caplog)) == 2)
    warned, again = said(caplog)
    assert "400" in warned[1]
    assert again == ("INFO", "traces are sent again: 2 spans were dropped")
    assert len(collector.spans) == 1


@pytest.mark.serial
def test_one_that_hangs_costs_a_page_nothing_and_memory_is_bounded() -> None:
    pages = [a_page(sections=[a_section()]) for _ in range(2_000)]
    with collecting() as (collector, url):
        collector.hangs.set()
        with traces_at(url, timeout=10) as traces:
            began, longest = time.monotonic(), 0.0
            for page in pages:
                one = time.monotonic()
                traces(PageFinished(page))
                longest = max(longest, time.monotonic() - one)
            took = time.monotonic() - began
            assert traces.dropped >= 2 * (len(pages) - MOST_WAITING - 200)
            ending = time.monotonic()
        assert time.monotonic() - ending < 2.5, "the last spans have a second"
    assert longest < 0.2
    assert took < 1


def test_the_exporter_s_own_words_are_not_muted_for_others(caplog: pytest.LogCaptureFixture) -> None:
    with collecting() as (_, url), traces_at(url):
        logging.getLogger("opentelemetry.exporter.otlp.proto.http.trace_exporter").warning("another's")
    assert [record.getMessage() for record in caplog.records] == ["another's"]


def test_a_page_that_cannot_be_made_into_spans_costs_no_other_page_its_own(caplog: pytest.LogCaptureFixture) -> None:
    broken = a_page(request_id="req-0")
    broken.started = float("nan")
    with collecting() as (collector, url), traces_at(url) as traces:
        traces(PageFinished(broken))
        traces(PageFinished(a_page()))
        until(lambda: bool(collector.spans))
    assert traces.dropped == 1
    assert said(caplog) == [("ERROR", "request req-0: a bug: its spans cannot be made")]


def test_a_call_that_cannot_be_made_into_spans_ends_nothing(caplog: pytest.LogCaptureFixture) -> None:
    call = a_call(end=None)
    call.started_at = time.monotonic()
    with collecting() as (collector, url), traces_at(url) as traces:
        traces(PageFinished(a_page(calls=[call])))
        until(lambda: len(collector.spans) == 1)
        call.ended_at = float("nan")
        until(lambda: bool(said(caplog)))
        traces(PageFinished(a_page()))
        until(lambda: len(collector.spans) == 2)
    assert said(caplog) == [("ERROR", "a bug: spans were lost")]


def test_nothing_is_left_behind() -> None:
    its_logger = logging.getLogger("opentelemetry.exporter.otlp.proto.http.trace_exporter")
    before = list(its_logger.filters)
    with collecting() as (_, url), traces_at(url):
        assert len(its_logger.filters) == len(before) + 1
    assert its_logger.filters == before
