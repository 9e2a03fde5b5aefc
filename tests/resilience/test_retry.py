"""Trying again, seldom and never all at once."""

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bff.errors import (
    AccessDenied,
    BreakerOpen,
    BulkheadFull,
    DeadlineExceeded,
    Disabled,
    NotFound,
    SourceError,
    UpstreamFailed,
    UpstreamInvalid,
    UpstreamRejected,
    UpstreamThrottled,
    UpstreamUnreachable,
)
from bff.events import Event, Listener, Retried
from bff.resilience.deadline import Deadline
from bff.resilience.retry import Retry, RetryOptions
from tests.resilience.attempts import FAR, InTurn, begin, end, fails, now, takes, unheard
from tests.resilience.plans import eighths, run_virtually, unhurried

pytestmark = pytest.mark.virtual_time

OPTIONS = RetryOptions(most=1, base=0.5, longest=4, share=1.0, least=100, window=10)
FAILED = UpstreamFailed("500")


@dataclass
class Dice:
    """Draws that share of the range, and notes which range it was."""

    share: float = 0.5
    asked: list[tuple[float, float]] = field(default_factory=list)

    def __call__(self, low: float, high: float) -> float:
        self.asked.append((low, high))
        return low + self.share * (high - low)


@pytest.fixture
def dice(monkeypatch: pytest.MonkeyPatch) -> Dice:
    dice = Dice()
    monkeypatch.setattr(random, "uniform", dice)
    return dice


def never() -> SourceError | None:
    """Every attempt would be let through."""
    return None


def retry(tell: Listener = unheard, refusal: Callable[[], SourceError | None] = never, **options: Any) -> Retry:
    return Retry(replace(OPTIONS, **options), source="vendor", tell=tell, refusal=refusal)


async def test_what_succeeds_is_not_repeated(told: list[Event]) -> None:
    attempt = InTurn(takes(1))

    assert await retry(told.append)(attempt, Deadline(7)) == "done"
    assert attempt.deadlines == [Deadline(7)]
    assert told == []


async def test_u19_what_failed_for_a_moment_is_tried_again(dice: Dice, told: list[Event]) -> None:
    attempt = InTurn(fails(FAILED), takes(1, "second"))

    assert await retry(told.append)(attempt, Deadline(7)) == "second"
    assert attempt.begun == [0, 0.25]
    assert attempt.deadlines == [Deadline(7)] * 2
    assert told == [Retried("vendor", "UPSTREAM_ERROR", 0.25)]


@pytest.mark.parametrize("error", [UpstreamFailed, UpstreamUnreachable, DeadlineExceeded])
async def test_a_failure_that_may_pass_at_once_is_retried(error: type[SourceError], told: list[Event]) -> None:
    assert await retry(told.append)(InTurn(fails(error("now")), takes(0)), FAR) == "done"
    assert [type(event) for event in told] == [Retried]


@pytest.mark.parametrize(
    "error",
    [
        UpstreamRejected("400", retry_after=0.5),
        AccessDenied("401", retry_after=0.5),
        NotFound("404", retry_after=0.5),
        UpstreamInvalid("no list"),
        UpstreamThrottled("429"),
        BreakerOpen("by our own breaker", retry_after=0.5),
        BulkheadFull("by our own bulkhead"),
        Disabled("switched off"),
        ZeroDivisionError("a bug"),
        TimeoutError("not translated"),
    ],
    ids=repr,
)
async def test_u6_what_another_attempt_cannot_mend_is_not_retried(error: Exception, told: list[Event]) -> None:
    attempt = InTurn(fails(error), takes(0))

    with pytest.raises(type(error)) as raised:
        await retry(told.append, most=5)(attempt, FAR)
    assert raised.value is error
    assert attempt.begun == [0]
    assert told == []


async def test_u4_there_is_one_retry_and_then_its_error_is_raised() -> None:
    errors = [UpstreamFailed("first"), UpstreamUnreachable("second")]
    attempt = InTurn(*map(fails, errors), takes(0))

    with pytest.raises(UpstreamUnreachable) as raised:
        await retry()(attempt, FAR)
    assert raised.value is errors[1]
    assert len(attempt.begun) == 2


async def test_none_may_be_had(told: list[Event]) -> None:
    attempt = InTurn(fails(FAILED), takes(0))

    with pytest.raises(UpstreamFailed):
        await retry(told.append, most=0)(attempt, FAR)
    assert len(attempt.begun) == 1
    assert told == []


async def test_each_wait_is_drawn_from_none_to_twice_as_long_up_to_the_longest(dice: Dice, told: list[Event]) -> None:
    attempt = InTurn(fails(FAILED))

    with pytest.raises(UpstreamFailed):
        await retry(told.append, most=5, longest=3)(attempt, FAR)
    assert dice.asked == [(0, 0.5), (0, 1), (0, 2), (0, 3), (0, 3)]
    assert attempt.begun == [0, 0.25, 0.75, 1.75, 3.25, 4.75]
    assert told == [Retried("vendor", "UPSTREAM_ERROR", wait) for wait in (0.25, 0.5, 1, 1.5, 1.5)]


async def test_callers_who_failed_together_do_not_come_back_together(told: list[Event]) -> None:
    random.seed(1)
    guard = retry(told.append, base=0.025)
    await asyncio.gather(*(guard(InTurn(fails(FAILED), takes(0)), FAR) for _ in range(100)))

    waits = [event.wait for event in told if isinstance(event, Retried)]
    assert len(set(waits)) == 100
    assert 0 <= min(waits) < 0.001
    assert 0.024 < max(waits) <= 0.025


@pytest.mark.parametrize("error", [UpstreamThrottled, UpstreamFailed, UpstreamInvalid])
async def test_u5_an_upstream_that_said_when_to_come_back_is_left_alone_until_then(
    dice: Dice, error: type[SourceError]
) -> None:
    attempt = InTurn(fails(error("later", retry_after=2)), takes(0))

    assert await retry()(attempt, FAR) == "done"
    assert attempt.begun == [0, 2.25]


@pytest.mark.parametrize("error", [UpstreamThrottled, UpstreamFailed])
async def test_u5_an_upstream_that_wants_to_be_left_alone_for_long_is_not_waited_for(
    dice: Dice, error: type[SourceError]
) -> None:
    as_long_as_may_be = InTurn(fails(error("later", retry_after=4)), takes(0))
    assert await retry()(as_long_as_may_be, FAR) == "done"

    longer = InTurn(fails(error("later", retry_after=4.125)), takes(0))
    with pytest.raises(error):
        await retry()(longer, FAR)
    assert len(longer.begun) == 1


async def test_an_upstream_that_may_be_asked_again_at_once_is() -> None:
    attempt = InTurn(fails(UpstreamThrottled("429", retry_after=0)), takes(0))

    assert await retry()(attempt, FAR) == "done"


@pytest.mark.parametrize(("left", "attempts"), [(0, 1), (0.125, 1), (0.25, 1), (0.375, 2)])
async def test_nobody_waits_for_a_retry_that_would_begin_after_the_deadline(
    dice: Dice, left: float, attempts: int, told: list[Event]
) -> None:
    attempt = InTurn(fails(FAILED))

    with pytest.raises(UpstreamFailed):
        await retry(told.append)(attempt, Deadline(left))
    assert len(attempt.begun) == attempts
    assert len(told) == attempts - 1
    assert now() == (0 if attempts == 1 else 0.25)


async def test_u17_retries_stay_a_share_of_the_calls() -> None:
    guard, attempt = retry(share=0.25, least=0), InTurn(fails(FAILED))
    for _ in range(40):
        with pytest.raises(UpstreamFailed):
            await guard(attempt, FAR)

    assert len(attempt.begun) == 50


async def test_a_few_retries_there_may_always_be() -> None:
    guard, attempt = retry(share=0.125, least=3, most=5), InTurn(fails(FAILED))
    with pytest.raises(UpstreamFailed):
        await guard(attempt, FAR)
    assert len(attempt.begun) == 4

    with pytest.raises(UpstreamFailed):
        await guard(attempt, FAR)
    assert len(attempt.begun) == 5


async def test_the_budget_is_that_of_the_last_seconds() -> None:
    guard, attempt = retry(share=0.125, least=1, window=5), InTurn(fails(FAILED))
    for comes, attempts in [(0, 2), (4, 3), (5, 5)]:
        await asyncio.sleep(comes - now())
        with pytest.raises(UpstreamFailed):
            await guard(attempt, FAR)
        assert len(attempt.begun) == attempts


async def test_a_retry_that_is_out_of_the_question_costs_no_budget() -> None:
    guard = retry(share=0.125, least=1)
    for error, deadline in [(NotFound("404"), FAR), (FAILED, Deadline(0))]:
        with pytest.raises(type(error)):
            await guard(fails(error), deadline)

    assert await guard(InTurn(fails(FAILED), takes(0)), FAR) == "done"


async def test_whoever_goes_away_before_a_retry_makes_none(dice: Dice) -> None:
    attempt = InTurn(fails(FAILED), takes(1))
    call = asyncio.create_task(retry()(attempt, FAR))
    await begin(call)
    await end(call)

    await asyncio.sleep(5)
    assert attempt.begun == [0]


@dataclass(frozen=True)
class Call:
    """When it comes, how each attempt ends, how long each takes, when it is cancelled, how long it has."""

    comes: float
    errors: list[SourceError | None]
    seconds: float
    cancelled_at: float | None
    has: float


ERRORS: list[SourceError | None] = [None, FAILED, NotFound("404"), UpstreamThrottled("429", retry_after=0.5)]
CALLS = st.builds(
    Call,
    comes=eighths(0, 3),
    errors=st.lists(st.sampled_from(ERRORS), min_size=4, max_size=4),
    seconds=eighths(0, 1),
    cancelled_at=st.none() | eighths(0, 5),
    has=eighths(0, 5),
)


@unhurried
@given(plan=st.lists(CALLS, min_size=1, max_size=10), most=st.integers(0, 3), least=st.integers(0, 3))
def test_whatever_happens_attempts_stay_within_number_budget_and_time(plan: list[Call], most: int, least: int) -> None:
    async def run() -> None:
        guard = retry(most=most, share=0.5, least=least, window=1000)
        begun = retries = 0

        async def make(call: Call) -> None:
            nonlocal begun, retries
            await asyncio.sleep(call.comes)
            deadline = Deadline.after(call.has)
            attempts = 0

            async def attempt(given: Deadline) -> None:
                nonlocal attempts, retries
                assert given == deadline
                attempts += 1
                assert attempts <= 1 + most
                if attempts > 1:
                    retries += 1
                    assert retries <= max(least, 0.5 * begun)
                    assert given.left() > 0
                await asyncio.sleep(call.seconds)
                if error := call.errors[attempts - 1]:
                    raise error

            begun += 1
            outcome: SourceError | None = None
            try:
                await guard(attempt, deadline)
            except SourceError as error:
                outcome = error
            assert outcome is call.errors[attempts - 1]

        calls = [asyncio.create_task(make(call)) for call in plan]
        for task, call in zip(calls, plan, strict=True):
            if call.cancelled_at is not None:
                asyncio.get_running_loop().call_at(call.cancelled_at, task.cancel)
        ended = await asyncio.gather(*calls, return_exceptions=True)
        assert all(one is None or isinstance(one, asyncio.CancelledError) for one in ended)

    run_virtually(run())


@pytest.mark.parametrize(
    "refusal",
    [BreakerOpen("open", retry_after=5), UpstreamThrottled("not yet", retry_after=0.251)],
    ids=repr,
)
async def test_what_would_be_refused_anyway_is_not_tried_again_and_costs_no_budget(
    refusal: SourceError, dice: Dice, told: list[Event]
) -> None:
    attempt = InTurn(fails(FAILED), takes(0), fails(FAILED), takes(0, "second"))
    refusals = [refusal]
    guard = retry(told.append, lambda: refusals[0] if refusals else None, least=1, share=0.01)

    with pytest.raises(UpstreamFailed) as raised:
        await guard(attempt, FAR)
    assert raised.value is FAILED
    assert now() == 0
    assert told == []
    refusals.clear()
    await guard(attempt, FAR)
    assert await guard(attempt, FAR) == "second", "the one retry there may be was not spent before"


@pytest.mark.parametrize(
    "refusal",
    [UpstreamThrottled("not yet", retry_after=0.25), BreakerOpen("when, it does not say")],
    ids=repr,
)
async def test_what_is_refused_no_longer_than_the_wait_is_tried_again(refusal: SourceError, dice: Dice) -> None:
    attempt = InTurn(fails(FAILED), takes(0, "second"))

    assert await retry(refusal=lambda: refusal)(attempt, FAR) == "second"
    assert now() == 0.25
