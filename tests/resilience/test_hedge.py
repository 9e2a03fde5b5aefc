"""A second call where the first one takes unusually long."""

import asyncio
from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bff.errors import BulkheadFull, UpstreamFailed, UpstreamUnreachable
from bff.events import Event, Hedged, Listener
from bff.resilience.deadline import Deadline
from bff.resilience.guard import Attempt
from bff.resilience.hedge import Hedge, HedgeOptions
from tests.resilience.attempts import FAR, InTurn, begin, end, fails, now, takes, unheard
from tests.resilience.plans import eighths, run_virtually, unhurried

pytestmark = pytest.mark.virtual_time

OPTIONS = HedgeOptions(enabled=True, share=1.0, window=1000, quantile=0.5, fewest=1, remembered=100)


def hedge(tell: Listener = unheard, **options: Any) -> Hedge:
    return Hedge(replace(OPTIONS, **options), source="vendor", tell=tell)


async def make(guard: Hedge, *seconds: float) -> None:
    """Calls that succeed, one after the other, and are not late."""
    for each in seconds:
        await guard(takes(each), FAR)


async def hedged_after(guard: Hedge, told: list[Event]) -> float | None:
    """How long a call may take now before it is hedged."""
    told.clear()
    with pytest.raises(UpstreamFailed):
        await guard(fails(UpstreamFailed("500"), after=1000), FAR)
    return next((event.after for event in told if isinstance(event, Hedged)), None)


async def test_what_is_in_time_is_not_hedged(told: list[Event]) -> None:
    guard, attempt = hedge(told.append), InTurn(takes(0.875))
    await make(guard, 1)

    assert await guard(attempt, Deadline(7)) == "done"
    assert attempt.deadlines == [Deadline(7)]
    assert told == []


async def test_a_late_attempt_is_raced_by_a_second_one(told: list[Event]) -> None:
    guard, attempt = hedge(told.append), InTurn(takes(5, "first"), takes(0.5, "second"))
    await make(guard, 1)

    assert await guard(attempt, Deadline(7)) == "second"
    assert attempt.begun == [1, 2]
    assert attempt.deadlines == [Deadline(7)] * 2
    assert attempt.cancelled == [2.5]
    assert told == [Hedged("vendor", 1)]


async def test_the_first_attempt_may_win_the_race() -> None:
    guard, attempt = hedge(), InTurn(takes(2, "first"), takes(5, "second"))
    await make(guard, 1)

    assert await guard(attempt, FAR) == "first"
    assert attempt.begun == [1, 2]
    assert attempt.cancelled == [3]


async def test_of_two_that_arrive_together_the_first_one_is_taken() -> None:
    guard, attempt = hedge(), InTurn(takes(2, "first"), takes(1, "second"))
    await make(guard, 1)

    assert await guard(attempt, FAR) == "first"


async def test_there_are_never_more_than_two() -> None:
    guard, attempt = hedge(), InTurn(takes(100))
    await make(guard, 1)
    await guard(attempt, FAR)

    assert len(attempt.begun) == 2


async def test_an_attempt_that_fails_before_it_is_late_is_neither_hedged_nor_repeated(told: list[Event]) -> None:
    guard, error = hedge(told.append), UpstreamFailed("500")
    attempt = InTurn(fails(error, after=0.5), takes(0))
    await make(guard, 1)

    with pytest.raises(UpstreamFailed) as raised:
        await guard(attempt, FAR)
    assert raised.value is error
    assert len(attempt.begun) == 1
    assert now() == 1.5
    assert told == []


@pytest.mark.parametrize(
    ("first", "second", "ends"),
    [
        (fails(UpstreamFailed("500"), after=2), takes(3, "good"), 5),
        (takes(5, "good"), fails(UpstreamFailed("500"), after=2), 6),
        (takes(5, "good"), fails(BulkheadFull("full")), 6),
    ],
    ids=["the first", "the second", "the second, at once"],
)
async def test_where_one_of_the_two_fails_the_other_is_waited_for(
    first: Attempt[str], second: Attempt[str], ends: float
) -> None:
    guard = hedge()
    await make(guard, 1)

    assert await guard(InTurn(first, second), FAR) == "good"
    assert now() == ends


@pytest.mark.parametrize("first_takes", [2, 3, 5])
async def test_where_both_fail_the_error_of_the_first_is_raised(first_takes: float) -> None:
    guard, error = hedge(), UpstreamFailed("500")
    await make(guard, 1)

    with pytest.raises(UpstreamFailed) as raised:
        await guard(InTurn(fails(error, after=first_takes), fails(UpstreamUnreachable("no"), after=2)), FAR)
    assert raised.value is error
    assert now() == 1 + max(3, first_takes)


async def test_nothing_is_hedged_before_enough_is_known(told: list[Event]) -> None:
    guard, attempt = hedge(told.append, fewest=3), InTurn(takes(1))
    for _ in range(2):
        assert await guard(attempt, Deadline(7)) == "done"
    assert attempt.deadlines == [Deadline(7)] * 2
    assert await hedged_after(guard, told) is None

    await make(guard, 1)
    assert await hedged_after(guard, told) == 1


@pytest.mark.parametrize(
    ("quantile", "after"), [(0.125, 2), (0.25, 3), (0.5, 5), (0.75, 7), (0.875, 8), (0.99, 8), (1, 8)]
)
async def test_late_is_what_takes_longer_than_a_share_of_the_recent_calls(
    quantile: float, after: float, told: list[Event]
) -> None:
    guard = hedge(told.append, quantile=quantile, fewest=8)
    await make(guard, 3, 1, 8, 4, 7, 2, 6, 5)

    assert await hedged_after(guard, told) == after


async def test_only_recent_durations_are_remembered(told: list[Event]) -> None:
    guard = hedge(told.append, fewest=2, remembered=2, quantile=1)
    await make(guard, 50, 1, 2)

    assert await hedged_after(guard, told) == 2


async def test_the_duration_of_a_failure_says_nothing(told: list[Event]) -> None:
    guard = hedge(told.append)
    for _ in range(5):
        with pytest.raises(UpstreamFailed):
            await guard(fails(UpstreamFailed("500"), after=0.125), FAR)
    await make(guard, 1)

    assert await hedged_after(guard, told) == 1


async def test_hedging_does_not_make_hedging_likelier(told: list[Event]) -> None:
    guard = hedge(told.append, quantile=0.5)
    await make(guard, 4)
    for _ in range(3):
        await guard(InTurn(takes(50), takes(1)), FAR)

    assert [event.after for event in told if isinstance(event, Hedged)] == [4, 4, 4]


async def test_an_attempt_that_won_or_failed_is_not_remembered_as_a_late_one(told: list[Event]) -> None:
    guard = hedge(told.append, quantile=0.625)
    await make(guard, 1, 1, 1)
    await guard(InTurn(takes(3), takes(50)), FAR)
    await guard(InTurn(fails(UpstreamFailed("500"), after=2), takes(3)), FAR)

    assert await hedged_after(guard, told) == 3  # of 1, 1, 1, 3, 3; with a fourth 1 it would be 1


async def test_extra_calls_stay_a_share_of_the_calls(told: list[Event]) -> None:
    guard = hedge(told.append, share=0.25, quantile=0.125)
    await make(guard, 1, 1, 1)

    attempt = InTurn(takes(2))
    for _ in range(5):
        await guard(attempt, FAR)
    assert len(attempt.begun) == 7
    assert told == [Hedged("vendor", 1)] * 2


async def test_a_late_attempt_that_may_not_be_hedged_is_waited_for(told: list[Event]) -> None:
    guard, attempt = hedge(told.append, share=0.125), InTurn(takes(9))
    await make(guard, 1)

    assert await guard(attempt, FAR) == "done"
    assert len(attempt.begun) == 1
    assert told == []


async def test_the_budget_is_that_of_the_last_seconds(told: list[Event]) -> None:
    guard = hedge(told.append, share=0.5, window=10)
    await make(guard, 1, 0, 0, 0)
    await asyncio.sleep(20)

    assert await hedged_after(guard, told) is None


async def test_whoever_goes_away_takes_both_attempts_along() -> None:
    guard, attempt = hedge(), InTurn(takes(50))
    await make(guard, 1)
    call = asyncio.create_task(guard(attempt, FAR))
    await asyncio.sleep(2)
    await end(call)

    assert attempt.begun == [1, 2]
    assert attempt.cancelled == [3, 3]


async def test_whoever_goes_away_early_takes_the_only_attempt_along() -> None:
    guard, attempt = hedge(), InTurn(takes(50))
    await make(guard, 1)
    call = asyncio.create_task(guard(attempt, FAR))
    await begin(call)
    await end(call)

    await asyncio.sleep(5)
    assert attempt.begun == [1]
    assert attempt.cancelled == [1]


async def test_the_loser_has_ended_when_the_winner_is_returned() -> None:
    guard, ended = hedge(), asyncio.Event()
    await make(guard, 1)

    async def ends_slowly(_: Deadline) -> str:
        try:
            await asyncio.sleep(50)
        finally:
            await asyncio.sleep(0.125)
            ended.set()
        return "first"

    assert await guard(InTurn(ends_slowly, takes(1, "second")), FAR) == "second"
    assert ended.is_set()


async def test_an_error_of_the_loser_is_nobodys_business() -> None:
    guard = hedge()
    await make(guard, 1)

    async def fails_when_cancelled(_: Deadline) -> str:
        try:
            await asyncio.sleep(50)
        finally:
            raise UpstreamFailed("the connection broke")

    assert await guard(InTurn(fails_when_cancelled, takes(1, "second")), FAR) == "second"


@dataclass(frozen=True)
class Call:
    """When it comes, how long each of two attempts takes and whether it is good, when it is cancelled."""

    comes: float
    attempts: tuple[tuple[float, bool], tuple[float, bool]]
    cancelled_at: float | None


ATTEMPTS = st.tuples(eighths(0, 3), st.booleans())
CALLS = st.builds(
    Call, comes=eighths(0, 3), attempts=st.tuples(ATTEMPTS, ATTEMPTS), cancelled_at=st.none() | eighths(0, 5)
)


@unhurried
@given(plan=st.lists(CALLS, min_size=1, max_size=10), share=st.sampled_from([0.125, 0.5, 1.0]))
def test_whatever_happens_there_are_two_attempts_at_most_within_the_budget(plan: list[Call], share: float) -> None:
    async def run() -> None:
        guard = hedge(share=share)
        calls_made = extra = 0

        async def make(call: Call) -> None:
            nonlocal calls_made
            await asyncio.sleep(call.comes)
            begun = under_way = 0

            async def attempt(_: Deadline) -> int:
                nonlocal begun, under_way, extra
                number, begun = begun, begun + 1
                assert begun <= 2
                if number == 1:
                    extra += 1
                    assert extra <= share * calls_made
                seconds, good = call.attempts[number]
                under_way += 1
                try:
                    await asyncio.sleep(seconds)
                finally:
                    under_way -= 1
                if not good:
                    raise UpstreamFailed(f"attempt {number}")
                return number

            calls_made += 1
            try:
                outcome = f"attempt {await guard(attempt, FAR)} is good"
            except UpstreamFailed as error:
                outcome = f"{error} failed"
            finally:
                assert under_way == 0
            good = [f"attempt {number} is good" for number in range(begun) if call.attempts[number][1]]
            assert outcome in (good or ["attempt 0 failed"])

        calls = [asyncio.create_task(make(call)) for call in plan]
        for task, call in zip(calls, plan, strict=True):
            if call.cancelled_at is not None:
                asyncio.get_running_loop().call_at(call.cancelled_at, task.cancel)
        ended = await asyncio.gather(*calls, return_exceptions=True)
        assert all(one is None or isinstance(one, asyncio.CancelledError) for one in ended)

    run_virtually(run())
