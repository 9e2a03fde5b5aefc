"""One line a page: which pages have one, and what it holds."""

import logging
import secrets

import pytest

from bff.errors import SectionState
from bff.events import CallFinished, PageFinished
from bff.page_timeline import PageTimeline, Verdict
from bff.telemetry.log.page_log import PageLog
from bff.telemetry.log.repeats import QUIET_FOR
from bff.telemetry.log.sampling import is_kept
from tests.telemetry.log.lines import json_lines
from tests.telemetry.timelines import TRACE_ID, a_call, a_page, a_section, a_trace, an_attempt


def said(page: PageTimeline, *, healthy: float = 1.0, level: int = logging.INFO) -> list[dict[str, object]]:
    with json_lines(level) as lines:
        PageLog(healthy=healthy)(PageFinished(page))
    return [{name: value for name, value in line.items() if name != "time"} for line in lines]


def test_a_degraded_page_says_what_it_lacks_and_why() -> None:
    call = a_call(attempts=[an_attempt(), an_attempt()])
    refused = a_call(source="todos", name="latest")
    sections = [
        a_section("viewer"),
        a_section("recommendations", state=SectionState.TIMED_OUT, code="DEADLINE_EXCEEDED"),
        a_section("recommendations", state=SectionState.TIMED_OUT, code="DEADLINE_EXCEEDED"),
        a_section("todos", state=SectionState.STALE, code="UPSTREAM_ERROR"),
        a_section("notifications", state=SectionState.STALE),
    ]
    page = a_page(verdict=Verdict.DEGRADED, seconds=0.312, sections=sections, calls=[call, refused])
    assert said(page, healthy=0) == [
        {
            "level": "warning",
            "logger": "bff.page",
            "event": "page degraded in 312 ms",
            "verdict": "degraded",
            "status": 200,
            "seconds": 0.312,
            "operation": "Landing",
            "client": "web",
            "request_id": "req-1",
            "trace_id": TRACE_ID,
            "degraded": ["recommendations TIMED_OUT DEADLINE_EXCEEDED", "todos STALE UPSTREAM_ERROR"],
            "calls": 1,
            "bytes_out": 2048,
        }
    ]


@pytest.mark.parametrize(
    ("verdict", "level", "words"),
    [
        (Verdict.WHOLE, "info", "page whole in 300 ms"),
        (Verdict.DEGRADED, "warning", "page degraded in 300 ms"),
        (Verdict.CORE_MISSING, "warning", "page core missing in 300 ms"),
        (Verdict.CRASHED, "error", "page crashed in 300 ms"),
        (Verdict.GONE, "debug", "page gone in 300 ms"),
    ],
)
def test_the_level_is_the_verdict_s(verdict: Verdict, level: str, words: str) -> None:
    [line] = said(a_page(verdict=verdict), level=logging.DEBUG)
    assert (line["level"], line["event"], line["verdict"]) == (level, words, verdict.value)


def test_whoever_is_gone_has_no_line_by_default() -> None:
    assert said(a_page(verdict=Verdict.GONE)) == []


@pytest.mark.parametrize("verdict", [Verdict.DEGRADED, Verdict.CORE_MISSING, Verdict.CRASHED])
def test_what_is_not_healthy_always_has_a_line(verdict: Verdict) -> None:
    [line] = said(a_page(verdict=verdict), healthy=0)
    assert "sampled" not in line


def test_a_slow_page_always_has_a_line() -> None:
    assert len(said(a_page(seconds=1.0), healthy=0)) == 1
    assert said(a_page(seconds=0.99), healthy=0) == []


def test_of_healthy_pages_a_share_has_lines_which_say_of_how_many_they_are() -> None:
    pages = [a_page(trace=a_trace(secrets.token_hex(16))) for _ in range(2_000)]
    log = PageLog(healthy=0.1)
    with json_lines() as lines:
        for page in pages:
            log(PageFinished(page))
    assert 120 < len(lines) < 280
    assert {line["sampled"] for line in lines} == {0.1}
    assert {line["trace_id"] for line in lines} == {
        page.trace.trace_id for page in pages if is_kept(page.trace.trace_id, 0.1)
    }


def test_all_healthy_pages_are_no_sample() -> None:
    [line] = said(a_page(), healthy=1)
    assert "sampled" not in line


@pytest.mark.parametrize(
    ("trace_id", "share", "kept"),
    [
        ("f" * 16 + "0" * 16, 0.01, True),
        ("0" * 16 + "f" * 16, 0.99, False),
        ("0" * 16 + "7" + "f" * 15, 0.5, True),
        ("0" * 16 + "8" + "0" * 15, 0.5, False),
        ("f" * 32, 1.0, True),
        ("0" * 31 + "1", 0.0, False),
    ],
)
def test_the_last_half_of_a_trace_id_decides(trace_id: str, share: float, kept: bool) -> None:
    assert is_kept(trace_id, share) is kept


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def refused(code: str, status: int = 401) -> PageFinished:
    return PageFinished(a_page(verdict=Verdict.REFUSED, seconds=0.001, status=status, code=code, operation=None))


def test_a_flood_of_refused_ones_is_one_line_for_each_code_and_then_a_count() -> None:
    clock = Clock()
    log = PageLog(healthy=1, clock=clock)
    with json_lines() as lines:
        for _ in range(10_000):
            log(refused("UNAUTHENTICATED"))
            log(refused("BAD_USER_INPUT", 400))
        clock.now += QUIET_FOR
        log(refused("UNAUTHENTICATED"))
    assert [(line["event"], line.get("again")) for line in lines] == [
        ("page refused in 1 ms: UNAUTHENTICATED", None),
        ("page refused in 1 ms: BAD_USER_INPUT", None),
        ("page refused in 1 ms: UNAUTHENTICATED (and 9999 times more since this was last said)", 9999),
    ]
    assert {line["level"] for line in lines} == {"info"}


def test_a_page_that_we_shed_is_a_warning() -> None:
    with json_lines() as lines:
        PageLog(healthy=1)(refused("OVERLOADED", 503))
    assert [(line["level"], line["code"]) for line in lines] == [("warning", "OVERLOADED")]


def test_other_events_have_no_line() -> None:
    with json_lines() as lines:
        PageLog(healthy=1)(CallFinished("users", "by_id", 0.1, "UPSTREAM_ERROR"))
    assert lines == []


def test_names_that_clients_choose_are_cut() -> None:
    [line] = said(a_page(operation="x" * 10_000_000, client="\x1b[2J\n" + "y" * 10_000_000))
    assert str(line["operation"]).startswith("x" * 100 + "…")
    assert str(line["client"]).startswith("\\x1b[2J\\nyyy")
    assert len(str(line["client"])) < 150
