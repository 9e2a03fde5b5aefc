"""Which requests are kept, and found again."""

import sys
import threading
from collections.abc import Sequence
from itertools import pairwise

import pytest

from bff.errors import SectionState
from bff.events import LoopTurned, PageFinished
from bff.page_timeline import PageTimeline, Verdict
from bff.telemetry.recent import Recent
from bff.telemetry.recent.record import MOST_SECTIONS, kept
from bff.telemetry.waterfall.assembly import assemble, summarise
from bff.telemetry.waterfall.summary import Wanted
from bff.timeline import clock
from tests.telemetry.timelines import a_call, a_load, a_page, a_section, a_trace, an_attempt


class Clock:
    """Timelines' time, as a test sets it."""

    def __init__(self) -> None:
        self.now = 10_000.0


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(clock, "now", lambda: made.now)
    return made


@pytest.fixture
def recent() -> Recent:
    return Recent(assemble, summarise)


def ids(recent: Recent, kind: str = "latest", **wanted: str) -> Sequence[str]:
    found = recent.requests(Wanted(kind, most=1_000, **wanted))
    return [summary.request_id for summary in found]


def finish(recent: Recent, time: Clock, page: PageTimeline) -> None:
    assert page.ended_at is not None
    time.now = page.ended_at
    recent(PageFinished(page))


def test_the_latest_are_there_newest_first(recent: Recent, time: Clock) -> None:
    for number in range(300):
        finish(recent, time, a_page(request_id=str(number), at=time.now, seconds=0.01))
    found = ids(recent)
    assert found[:200] == [str(number) for number in range(299, 99, -1)]


def test_a_slow_one_of_fifty_minutes_ago_is_still_there(recent: Recent, time: Clock) -> None:
    finish(recent, time, a_page(request_id="slow", at=time.now, seconds=9))
    for number in range(3_000):
        finish(recent, time, a_page(request_id=str(number), at=time.now, seconds=1 + number % 7 / 100))
    assert ids(recent, "slowest")[0] == "slow"


def test_and_gone_after_the_hour(recent: Recent, time: Clock) -> None:
    finish(recent, time, a_page(request_id="slow", at=time.now, seconds=9, verdict=Verdict.CRASHED))
    time.now += 3_600
    assert ids(recent) == []
    assert recent.request("slow") is None


def test_the_slowest_fifty_of_any_ten_minutes_are_kept(recent: Recent, time: Clock) -> None:
    for number in range(500):
        finish(recent, time, a_page(request_id=str(number), at=time.now, seconds=(number * 37 % 500) / 1_000))
    slowest = sorted(range(500), key=lambda number: -(number * 37 % 500))[:50]
    assert ids(recent, "slowest")[:50] == [str(number) for number in slowest]


@pytest.mark.parametrize("verdict", [Verdict.DEGRADED, Verdict.CORE_MISSING, Verdict.CRASHED, Verdict.GONE])
def test_a_thousand_refused_requests_do_not_drive_out_one_that_was_not_whole(
    recent: Recent, time: Clock, verdict: Verdict
) -> None:
    finish(recent, time, a_page(request_id="lost", at=time.now, seconds=0.001, verdict=verdict))
    for number in range(1_000):
        page = a_page(request_id=str(number), at=time.now, seconds=0.01, verdict=Verdict.REFUSED, status=401)
        finish(recent, time, page)
    assert "lost" in ids(recent, "degraded")
    assert ids(recent, "degraded", status=verdict) == ["lost"]


def test_how_an_incident_began_is_still_there_half_an_hour_later(recent: Recent, time: Clock) -> None:
    for number in range(18_000):
        finish(recent, time, a_page(request_id=str(number), at=time.now, seconds=0.1, verdict=Verdict.DEGRADED))
    found = [int(each) for each in ids(recent, "degraded")]
    assert found[-1] == 0
    assert max(later - earlier for later, earlier in pairwise(found)) <= 700


def a_degraded_page(time: Clock) -> PageTimeline:
    lost = a_section("ads", state=SectionState.TIMED_OUT, code="DEADLINE_EXCEEDED", at=time.now)
    nested = a_section("letters", at=time.now, loads=[a_load(source="people", field="sender", at=time.now)])
    return a_page(
        request_id="bad", verdict=Verdict.DEGRADED, status=200, sections=[lost, nested], at=time.now, operation="Home"
    )


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({}, ["good", "bad"]),
        ({"operation": "Home"}, ["bad"]),
        ({"operation": "home"}, []),
        ({"source": "ads"}, ["bad"]),
        ({"source": "people"}, ["bad"]),
        ({"source": "nobody"}, []),
        ({"status": "503"}, ["good"]),
        ({"status": "200"}, ["bad"]),
        ({"status": "degraded"}, ["bad"]),
        ({"status": "timed_out"}, ["bad"]),
        ({"status": "DEADLINE_EXCEEDED"}, ["bad"]),
        ({"status": "whole", "operation": "Home"}, []),
    ],
)
def test_requests_are_found_by_operation_source_and_status(
    recent: Recent, time: Clock, wanted: dict[str, str], found: list[str]
) -> None:
    finish(recent, time, a_degraded_page(time))
    finish(recent, time, a_page(request_id="good", at=time.now, status=503))
    assert ids(recent, **wanted) == found


def test_no_more_are_told_than_wanted(recent: Recent, time: Clock) -> None:
    for number in range(20):
        finish(recent, time, a_page(request_id=str(number), at=time.now))
    assert [each.request_id for each in recent.requests(Wanted(most=2))] == ["19", "18"]


def test_a_request_is_known_by_its_id_and_by_its_trace(recent: Recent, time: Clock) -> None:
    finish(recent, time, a_page(request_id="tried", at=time.now, trace=a_trace("a" * 32)))
    finish(recent, time, a_page(request_id="tried", at=time.now, trace=a_trace("b" * 32)))
    by_id, by_trace = recent.request("tried"), recent.request("a" * 32)
    assert by_id is not None
    assert by_id.trace_id == "b" * 32
    assert by_trace is not None
    assert by_trace.trace_id == "a" * 32
    assert recent.request("other") is None


def test_a_call_that_goes_on_is_shown_as_it_is_when_somebody_looks(recent: Recent, time: Clock) -> None:
    attempt = an_attempt(end=None, first_byte=None, body=None, status=None, at=time.now)
    call = a_call(end=None, attempts=[attempt], at=time.now)
    finish(recent, time, a_page(request_id="left", calls=[call], at=time.now))
    time.now += 1
    before = recent.request("left")
    assert before is not None
    assert before.calls[0].end is None
    call.ended_at = attempt.ended_at = time.now
    after = recent.request("left")
    assert after is not None
    assert after.calls[0].end == pytest.approx(1.3)


def test_other_events_are_nobodys_business(recent: Recent, time: Clock) -> None:
    recent(LoopTurned(0.1))
    assert ids(recent) == []


def test_a_page_of_usual_size_is_kept_as_it_is() -> None:
    page = a_page(sections=[a_section() for _ in range(5)])
    assert kept(page) is page


def test_of_a_page_of_three_hundred_sections_those_that_ended_last_are_kept() -> None:
    sections = [a_section(f"s{number}", seconds=number * 37 % 300 / 100) for number in range(300)]
    page = kept(a_page(sections=sections, calls=[a_call()] * 500, operation="x" * 5_000, client="y" * 5_000))
    found = [section.name for section in page.report.sections]
    last = sorted(sections, key=lambda section: -section.seconds)[:MOST_SECTIONS]
    assert set(found) == {section.name for section in last}
    assert found == [section.name for section in sections if section in last]
    assert len(page.calls) == len(page.operation or "") == len(page.client or "") == 100


def test_memory_is_bounded(recent: Recent, time: Clock) -> None:
    counts = []
    for number in range(20_000):
        verdict = list(Verdict)[number % len(Verdict)]
        finish(recent, time, a_page(request_id=str(number), at=time.now, seconds=number % 11 / 10, verdict=verdict))
        if number % 5_000 == 4_999:
            counts.append(len(ids(recent)))
    assert max(counts) < 1_300


@pytest.mark.parametrize("kind", ["latest", "slowest", "degraded"])
def test_another_thread_may_look_at_any_time(recent: Recent, time: Clock, kind: str) -> None:
    failed: list[BaseException] = []
    done = threading.Event()

    def look() -> None:
        try:
            while not done.is_set():
                recent.requests(Wanted(kind, most=5))
        except BaseException as error:
            failed.append(error)

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    thread = threading.Thread(target=look)
    thread.start()
    try:
        for number in range(5_000):
            verdict = list(Verdict)[number % len(Verdict)]
            finish(recent, time, a_page(request_id=str(number), at=time.now, seconds=number % 7 / 10, verdict=verdict))
    finally:
        sys.setswitchinterval(interval)
        done.set()
        thread.join()
    assert failed == []
