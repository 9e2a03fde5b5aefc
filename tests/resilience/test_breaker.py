"""Whether a source is called at all."""

import asyncio
from typing import Any

import pytest

from bff.errors import (
    AccessDenied,
    BreakerOpen,
    BulkheadFull,
    DeadlineExceeded,
    Disabled,
    NotFound,
    SectionState,
    SourceError,
    UpstreamFailed,
    UpstreamInvalid,
    UpstreamRejected,
    UpstreamThrottled,
    UpstreamUnreachable,
)
from bff.events import BreakerMoved, Event, Listener, WouldHaveRefused
from bff.resilience.breaker import WHOLE, Breaker, BreakerOptions
from bff.resilience.deadline import Deadline
from bff.resilience.guard import Attempt
from bff.resilience.mode import Mode
from tests.resilience.attempts import FAR, InTurn, begin, end, fails, now, takes, unheard

pytestmark = pytest.mark.virtual_time

FAILED = UpstreamFailed("500")
OPEN = BreakerMoved("vendor", "open", enforced=True)
HALF_OPEN = BreakerMoved("vendor", "half-open", enforced=True)
CLOSED = BreakerMoved("vendor", "closed", enforced=True)


def breaker(tell: Listener = unheard, **options: Any) -> Breaker:
    """Its calls may take 2 s. Unless told otherwise it opens at two failures of four calls, for 5 s."""
    return Breaker(BreakerOptions(**{"calls": 4} | options), bound=2, source="vendor", tell=tell)


async def make(guard: Breaker, *attempts: Attempt[str], deadline: Deadline = FAR) -> None:
    """Calls that are let through, whatever becomes of them."""
    for attempt in attempts:
        through = InTurn(attempt)
        await asyncio.gather(guard(through, deadline), return_exceptions=True)
        assert through.begun


async def opened(guard: Breaker) -> None:
    await make(guard, *[fails(FAILED)] * 4)
    await refused(guard)


async def refused(guard: Breaker) -> float | None:
    """A call that is not let through: when it may come back."""
    attempt = InTurn(takes(0))
    with pytest.raises(BreakerOpen, match=r"^recent calls failed too often$") as raised:
        await guard(attempt, FAR)
    assert attempt.begun == []
    return raised.value.retry_after


async def test_a_closed_breaker_is_not_felt(told: list[Event]) -> None:
    guard, attempt = breaker(told.append), InTurn(takes(1))
    for _ in range(10):
        assert await guard(attempt, Deadline(20)) == "done"

    assert attempt.deadlines == [Deadline(20)] * 10
    assert told == []


async def test_what_an_attempt_raises_comes_out_as_it_is() -> None:
    with pytest.raises(UpstreamFailed) as raised:
        await breaker()(fails(FAILED), FAR)

    assert raised.value is FAILED


async def test_it_opens_when_too_large_a_share_of_calls_failed(told: list[Event]) -> None:
    guard = breaker(told.append, calls=8, share=0.25)
    await make(guard, *[takes(0)] * 8, fails(FAILED), fails(FAILED))  # 2 of 10
    assert told == []

    await make(guard, fails(FAILED))  # 3 of 11
    assert told == [OPEN]
    assert await refused(guard) == 5


async def test_it_opens_at_the_share_itself(told: list[Event]) -> None:
    guard = breaker(told.append, calls=8, share=0.25)
    await make(guard, *[takes(0)] * 6, fails(FAILED))  # 1 of 7
    assert told == []

    await make(guard, fails(FAILED))  # 2 of 8
    assert told == [OPEN]


async def test_it_does_not_judge_by_fewer_calls_than_are_enough(told: list[Event]) -> None:
    guard = breaker(told.append)
    await make(guard, *[fails(FAILED)] * 3)
    assert told == []

    await make(guard, fails(FAILED))
    assert told == [OPEN]


async def test_a_success_opens_nothing(told: list[Event]) -> None:
    guard = breaker(told.append)
    await make(guard, *[fails(FAILED)] * 3, takes(0))

    assert told == []


async def test_only_the_calls_of_the_last_seconds_count(told: list[Event]) -> None:
    guard = breaker(told.append, window=10)
    await make(guard, *[fails(FAILED)] * 3)
    await asyncio.sleep(10)
    await make(guard, *[fails(FAILED)] * 3)
    assert told == []

    await asyncio.sleep(8)
    await make(guard, fails(FAILED))
    assert told == [OPEN]


async def test_successes_are_forgotten_too(told: list[Event]) -> None:
    guard = breaker(told.append, window=10)
    await make(guard, *[takes(0)] * 100)
    await asyncio.sleep(10)
    await make(guard, *[fails(FAILED)] * 4)

    assert told == [OPEN]


AT_FAULT = [UpstreamFailed, UpstreamUnreachable, UpstreamInvalid, UpstreamThrottled, DeadlineExceeded]
NOT_AT_FAULT = [UpstreamRejected, AccessDenied, NotFound, Disabled]


@pytest.mark.parametrize("error", AT_FAULT)
async def test_u12_what_is_the_upstreams_fault_is_a_failure(error: type[SourceError], told: list[Event]) -> None:
    await make(breaker(told.append), *[fails(error("it"))] * 4)

    assert told == [OPEN]


@pytest.mark.parametrize("error", NOT_AT_FAULT)
async def test_an_answer_that_is_no_fault_of_the_upstream_is_a_success(
    error: type[SourceError], told: list[Event]
) -> None:
    guard = breaker(told.append, share=0.75)
    await make(guard, *[fails(error("it"))] * 2, *[fails(FAILED)] * 5)  # 5 of 7
    assert told == []

    await make(guard, fails(FAILED))  # 6 of 8
    assert told == [OPEN]


@pytest.mark.parametrize(
    "neither",
    [fails(BulkheadFull("full")), fails(ZeroDivisionError("a bug")), fails(asyncio.CancelledError())],
    ids=["refused further in", "a bug", "cancelled"],
)
async def test_what_says_nothing_of_the_upstream_is_neither_failure_nor_success(
    neither: Attempt[str], told: list[Event]
) -> None:
    guard = breaker(told.append)
    await make(guard, *[neither] * 4, *[fails(FAILED)] * 3)
    assert told == []

    await make(guard, *[neither] * 4, fails(FAILED))
    assert told == [OPEN]


async def test_a_call_that_had_its_whole_time_and_did_not_end_is_a_failure(told: list[Event]) -> None:
    assert WHOLE == 0.9
    await make(breaker(told.append), *[fails(DeadlineExceeded("late"))] * 4, deadline=Deadline(2 * WHOLE))

    assert told == [OPEN]


async def test_a_call_that_was_cut_short_is_neither_failure_nor_success(told: list[Event]) -> None:
    guard = breaker(told.append, share=1.0)
    await make(guard, *[fails(FAILED)] * 3)
    for _ in range(20):
        await make(guard, fails(DeadlineExceeded("late")), deadline=Deadline.after(1.75))
    assert told == []

    await make(guard, fails(FAILED))
    assert told == [OPEN]


async def test_a_failure_within_a_time_cut_short_is_one_all_the_same(told: list[Event]) -> None:
    await make(breaker(told.append), *[fails(FAILED)] * 4, deadline=Deadline(0.5))

    assert told == [OPEN]


async def test_an_open_breaker_refuses_and_says_when_to_come_back() -> None:
    guard = breaker()
    await asyncio.sleep(100)
    await opened(guard)

    assert await refused(guard) == 5
    await asyncio.sleep(4.875)
    assert await refused(guard) == 0.125
    assert not BreakerOpen.upstream_at_fault
    assert BreakerOpen.state is SectionState.SHED


async def test_it_is_open_as_long_as_it_is_told(told: list[Event]) -> None:
    guard = breaker(told.append, sleep=30)
    await opened(guard)

    assert await refused(guard) == 30
    await asyncio.sleep(30)
    assert await guard(takes(0), FAR) == "done"


async def test_the_first_call_after_that_is_let_through_to_see_and_no_other(told: list[Event]) -> None:
    guard = breaker(told.append)
    await opened(guard)
    await asyncio.sleep(5)
    probe = asyncio.create_task(guard(takes(1), FAR))
    await begin(probe)

    assert told == [OPEN, HALF_OPEN]
    assert await refused(guard) == 5
    await asyncio.sleep(0.5)
    assert await refused(guard) == 4.5
    assert await probe == "done"


async def test_a_probe_that_succeeds_closes_it(told: list[Event]) -> None:
    guard = breaker(told.append)
    await opened(guard)
    await asyncio.sleep(5)
    assert await guard(takes(1), FAR) == "done"

    assert told == [OPEN, HALF_OPEN, CLOSED]
    await make(guard, *[takes(0)] * 10)
    assert told == [OPEN, HALF_OPEN, CLOSED]


async def test_a_probe_answered_that_there_is_no_such_thing_closes_it(told: list[Event]) -> None:
    guard = breaker(told.append)
    await opened(guard)
    await asyncio.sleep(5)
    await make(guard, fails(NotFound("404")))

    assert told == [OPEN, HALF_OPEN, CLOSED]


async def test_a_probe_that_fails_leaves_it_open_until_the_next_one(told: list[Event]) -> None:
    guard = breaker(told.append)
    await opened(guard)
    await asyncio.sleep(5)
    await make(guard, fails(FAILED, after=1))

    assert told == [OPEN, HALF_OPEN, OPEN]
    assert await refused(guard) == 4
    await asyncio.sleep(4)
    await make(guard, fails(FAILED))
    assert told == [OPEN, HALF_OPEN, OPEN, HALF_OPEN, OPEN]
    assert await refused(guard) == 5


async def test_what_failed_before_it_closed_is_forgotten(told: list[Event]) -> None:
    guard = breaker(told.append, sleep=1)
    await opened(guard)
    await asyncio.sleep(1)
    await make(guard, takes(0), *[takes(0)] * 3, fails(FAILED))
    assert told == [OPEN, HALF_OPEN, CLOSED]


async def test_how_often_it_was_called_before_it_closed_is_forgotten(told: list[Event]) -> None:
    guard = breaker(told.append, sleep=1)
    await opened(guard)
    await asyncio.sleep(1)
    await make(guard, takes(0), *[fails(FAILED)] * 3)
    assert told == [OPEN, HALF_OPEN, CLOSED]

    await make(guard, fails(FAILED))
    assert told == [OPEN, HALF_OPEN, CLOSED, OPEN]


async def test_calls_before_it_opened_are_not_held_against_the_time_after(told: list[Event]) -> None:
    guard = breaker(told.append, sleep=1, share=0.75)
    await make(guard, *[takes(0)] * 2)
    await make(guard, *[fails(FAILED)] * 6)  # 6 of 8
    assert told == [OPEN]
    await asyncio.sleep(1)

    await make(guard, takes(0), *[fails(FAILED)] * 4)  # 4 of 4
    assert told == [OPEN, HALF_OPEN, CLOSED, OPEN]


async def test_a_probe_that_hangs_does_not_keep_the_next_one_waiting(told: list[Event]) -> None:
    guard = breaker(told.append)
    await opened(guard)
    await asyncio.sleep(5)
    hangs = asyncio.create_task(guard(takes(60), FAR))
    await begin(hangs)
    await asyncio.sleep(4.875)
    assert await refused(guard) == 0.125

    await asyncio.sleep(0.125)
    assert await guard(takes(1), FAR) == "done"
    assert told == [OPEN, HALF_OPEN, HALF_OPEN, CLOSED]
    await hangs


async def test_the_first_probe_to_succeed_closes_it_however_late(told: list[Event]) -> None:
    guard = breaker(told.append)
    await opened(guard)
    await asyncio.sleep(5)
    late = asyncio.create_task(guard(takes(12), FAR))
    await asyncio.sleep(5)
    await make(guard, fails(FAILED))
    await asyncio.sleep(5)
    hangs = asyncio.create_task(guard(fails(FAILED, after=60), FAR))
    await begin(hangs)

    assert await late == "done"
    assert told == [OPEN, HALF_OPEN, HALF_OPEN, OPEN, HALF_OPEN, CLOSED]
    await asyncio.wait([hangs])
    assert isinstance(hangs.exception(), UpstreamFailed)
    assert told[-1] == CLOSED
    await make(guard, *[fails(FAILED)] * 3)
    assert told[-1] == CLOSED


@pytest.mark.parametrize(
    "nothing",
    [fails(BulkheadFull("full"), 1), fails(ZeroDivisionError("a bug"), 1), fails(asyncio.CancelledError(), 1)],
    ids=["refused further in", "a bug", "cancelled"],
)
async def test_a_probe_that_says_nothing_is_given_back(nothing: Attempt[str], told: list[Event]) -> None:
    guard = breaker(told.append)
    await opened(guard)
    await asyncio.sleep(5)
    await make(guard, nothing)
    assert now() == 6

    assert await guard(takes(0), FAR) == "done"
    assert told == [OPEN, HALF_OPEN, HALF_OPEN, CLOSED]


async def test_a_probe_that_is_cut_short_is_given_back(told: list[Event]) -> None:
    guard = breaker(told.append)
    await opened(guard)
    await asyncio.sleep(5)
    await make(guard, fails(DeadlineExceeded("late"), after=1), deadline=Deadline.after(1))

    assert await guard(takes(0), FAR) == "done"
    assert told == [OPEN, HALF_OPEN, HALF_OPEN, CLOSED]


async def test_whoever_goes_away_gives_the_probe_back(told: list[Event]) -> None:
    guard = breaker(told.append)
    await opened(guard)
    await asyncio.sleep(5)
    probe = asyncio.create_task(guard(takes(60), FAR))
    await asyncio.sleep(1)
    await end(probe)

    assert await guard(takes(0), FAR) == "done"


async def test_a_probe_that_is_given_back_when_a_newer_one_has_gone_makes_room_for_none() -> None:
    guard = breaker()
    await opened(guard)
    await asyncio.sleep(5)
    older = asyncio.create_task(guard(takes(60), FAR))
    await asyncio.sleep(5)
    newer = asyncio.create_task(guard(takes(60), FAR))
    await asyncio.sleep(1)
    await end(older)

    assert await refused(guard) == 4
    await end(newer)
    assert await guard(takes(0), FAR) == "done"


async def test_a_call_from_before_it_opened_says_nothing(told: list[Event]) -> None:
    guard = breaker(told.append)
    old = [asyncio.create_task(guard(attempt, FAR)) for attempt in (takes(1), fails(FAILED, after=2))]
    await begin(*old)
    await opened(guard)
    await asyncio.gather(*old, return_exceptions=True)

    assert told == [OPEN]
    assert await refused(guard) == 3


async def test_a_call_from_before_it_opened_says_nothing_once_it_is_closed(told: list[Event]) -> None:
    guard = breaker(told.append)
    old = [asyncio.create_task(guard(fails(FAILED, after=8), FAR)) for _ in range(10)]
    await begin(*old)
    await opened(guard)
    await asyncio.sleep(5)
    await make(guard, takes(0))
    await asyncio.wait(old)

    assert all(call.exception() is FAILED for call in old)
    assert told == [OPEN, HALF_OPEN, CLOSED]
    await make(guard, *[fails(FAILED)] * 3)
    assert told == [OPEN, HALF_OPEN, CLOSED]


async def test_whether_a_call_would_be_refused_can_be_known_without_making_one(told: list[Event]) -> None:
    guard = breaker(told.append)
    assert guard.refusal() is None
    await opened(guard)

    refusal = guard.refusal()
    assert refusal
    assert str(refusal) == "recent calls failed too often"
    assert refusal.retry_after == 5
    await asyncio.sleep(4.875)
    assert guard.refusal()
    await asyncio.sleep(0.125)
    assert guard.refusal() is None


async def test_asking_whether_a_call_would_be_refused_takes_no_probe(told: list[Event]) -> None:
    guard = breaker(told.append)
    await opened(guard)
    await asyncio.sleep(5)
    for _ in range(3):
        assert guard.refusal() is None

    assert told == [OPEN]
    assert await guard(takes(0), FAR) == "done"


async def test_in_report_only_mode_no_call_would_be_refused(told: list[Event]) -> None:
    guard = breaker(told.append, mode=Mode.REPORT_ONLY)
    await make(guard, *[fails(FAILED)] * 4)
    told.clear()

    assert guard.refusal() is None
    assert told == []


async def test_in_report_only_mode_it_says_what_it_would_have_refused_and_refuses_nothing(told: list[Event]) -> None:
    guard = breaker(told.append, mode=Mode.REPORT_ONLY)
    await make(guard, *[fails(FAILED)] * 4)
    assert told == [BreakerMoved("vendor", "open", enforced=False)]

    told.clear()
    attempt = InTurn(takes(0))
    assert await guard(attempt, Deadline(3)) == "done"
    await make(guard, *[fails(FAILED)] * 10)
    assert attempt.deadlines == [Deadline(3)]
    assert told == [WouldHaveRefused("vendor", "breaker")] * 11

    told.clear()
    await asyncio.sleep(5)
    await make(guard, takes(0))
    assert told == [BreakerMoved("vendor", state, enforced=False) for state in ("half-open", "closed")]
