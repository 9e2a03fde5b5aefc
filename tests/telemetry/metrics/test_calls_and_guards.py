"""What calls, guards and the loop are counted as."""

import pytest

from bff.events import (
    BreakerMoved,
    CallFinished,
    CredentialsRefused,
    Event,
    Hedged,
    ItemsDropped,
    LoopStalled,
    LoopTurned,
    RefreshPutOff,
    Retried,
    WouldHaveRefused,
)
from bff.telemetry.metrics.catalogue import calls, guards, process
from bff.telemetry.metrics.metric import Metric
from bff.timeline.call import Attempt
from bff.timeline.exchange import Exchange
from tests.telemetry.metrics.happenings import call, metrics
from tests.telemetry.metrics.reading import counted, gauge, number, rows, sums, values


def test_a_call_is_told_apart_into_its_phases() -> None:
    worker = metrics()
    worker(CallFinished("todos", "first", 0.02, None, None, call("todos", seconds=0.02)))
    found = counted(worker)

    assert values(found, calls.CALLS) == {("todos", "first", "ok"): 1}
    assert sums(found, calls.CALL_SECONDS) == {("todos", "first"): 0.02}
    assert sums(found, calls.PHASE_SECONDS) == {
        ("todos", "cache"): 0.001,
        ("todos", "queue"): 0.001,
        ("todos", "connect"): 0.001,
        ("todos", "first byte"): 0.014,
        ("todos", "body"): 0.002,
        ("todos", "decode"): 0.001,
    }
    assert values(found, calls.SENT_BYTES) == {("todos",): 300}
    assert values(found, calls.RECEIVED_BYTES) == {("todos",): 2_000}


def test_a_call_that_is_cut_off_was_waiting_for_its_first_byte_until_then() -> None:
    worker = metrics()
    worker(CallFinished("todos", "first", 2.0, "DEADLINE_EXCEEDED", "late", call("todos", seconds=2.0, status=None)))
    found = counted(worker)
    assert sums(found, calls.PHASE_SECONDS)["todos", "first byte"] == 1.998
    assert values(found, calls.ATTEMPTS) == {("todos", "none"): 1}


def test_one_that_is_refused_at_once_is_counted_and_not_measured() -> None:
    worker = metrics()
    worker(CallFinished("todos", "first", 0.0, "BREAKER_OPEN", "open"))
    found = counted(worker)
    assert values(found, calls.CALLS) == {("todos", "first", "BREAKER_OPEN"): 1}
    assert rows(found, calls.CALL_SECONDS) == {}


def test_the_first_attempt_is_told_from_those_that_follow_and_between_them_is_backoff() -> None:
    made = call("todos", asked_at=100.0, seconds=0.010)
    made.attempts.append(Attempt(100.060, "1" * 16, [Exchange(100.060, 300, status=503)], 100.080))
    made.ended_at = 100.080
    worker = metrics()
    worker(CallFinished("todos", "first", 0.080, "UPSTREAM_ERROR", "503", made))
    found = counted(worker)

    assert values(found, calls.ATTEMPTS) == {("todos", "200"): 1, ("todos", "503"): 1}
    assert values(found, calls.FIRST_ATTEMPTS) == {("todos",): 1}
    assert sums(found, calls.PHASE_SECONDS)["todos", "backoff"] == 0.05


def test_a_call_that_is_told_of_twice_is_counted_once_for_each_attempt() -> None:
    made = call("todos", asked_at=100.0, seconds=0.010)
    worker = metrics()
    worker(CallFinished("todos", "by_ids", 0.010, None, None, made))
    made.attempts.append(Attempt(100.050, "1" * 16, [Exchange(100.051, 300, status=200)], 100.060))
    made.ended_at = 100.060
    worker(CallFinished("todos", "by_ids", 0.010, None, None, made))
    found = counted(worker)

    assert values(found, calls.ATTEMPTS) == {("todos", "200"): 2}
    assert number(rows(found, calls.PHASE_SECONDS)["todos", "cache"]) == 1
    assert number(rows(found, calls.PHASE_SECONDS)["todos", "queue"]) == 2
    assert ("todos", "backoff") not in rows(found, calls.PHASE_SECONDS)


def test_a_status_that_an_upstream_made_up_is_other() -> None:
    worker = metrics()
    for status in range(600, 1_000):
        worker(CallFinished("todos", "first", 0.02, "UPSTREAM_ERROR", None, call("todos", status=status)))
    assert values(counted(worker), calls.ATTEMPTS) == {("todos", "other"): 400}


@pytest.mark.parametrize(
    ("event", "metric", "labels", "count"),
    [
        (ItemsDropped("todos", "first", 3, "invalid"), calls.ITEMS_DROPPED, ("todos", "first", "invalid"), 3),
        (CredentialsRefused("todos", "first"), calls.CREDENTIALS_REFUSED, ("todos",), 1),
        (Retried("todos", "UPSTREAM_ERROR", 0.05), guards.RETRIES, ("todos", "UPSTREAM_ERROR"), 1),
        (Hedged("todos", 0.05), guards.HEDGES, ("todos",), 1),
        (BreakerMoved("todos", "open", enforced=True), guards.BREAKER_MOVES, ("todos", "open"), 1),
        (RefreshPutOff("todos", "first"), guards.REFRESHES_PUT_OFF, ("todos",), 1),
        (WouldHaveRefused("todos", "bulkhead"), guards.WOULD_HAVE_REFUSED, ("todos", "bulkhead"), 1),
    ],
)
def test_each_of_these_is_one_counter(event: Event, metric: Metric, labels: tuple[str, ...], count: int) -> None:
    worker = metrics()
    worker(event)
    assert values(counted(worker), metric) == {labels: count}


def test_a_stall_shows_while_it_lasts_and_is_counted_with_its_length() -> None:
    worker = metrics()
    worker(LoopTurned(0.002))
    worker(LoopStalled(0.5, "somewhere", over=False))
    during = counted(worker)
    worker(LoopStalled(1.5, "", over=True))
    after = counted(worker)

    assert gauge(during, process.LOOP_STALLED) == {("0",): 1}
    assert values(during, process.LOOP_STALLS) == {(): 1}
    assert gauge(after, process.LOOP_STALLED) == {("0",): 0}
    assert values(after, process.LOOP_STALL_SECONDS) == {(): 1.5}
    assert sums(after, process.LOOP_LATE) == {(): 0.002}
