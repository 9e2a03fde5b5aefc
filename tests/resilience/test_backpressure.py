"""Not asking again before the upstream said to."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bff.errors import (
    BreakerOpen,
    BulkheadFull,
    NotFound,
    SourceError,
    UpstreamFailed,
    UpstreamRejected,
    UpstreamThrottled,
)
from bff.resilience.backpressure import Backpressure
from bff.resilience.deadline import Deadline
from tests.resilience.attempts import FAR, InTurn, begin, fails, now, takes
from tests.resilience.plans import eighths, run_virtually, unhurried

pytestmark = pytest.mark.virtual_time


async def told_to_wait(guard: Backpressure, error: SourceError) -> None:
    with pytest.raises(type(error)) as raised:
        await guard(fails(error), FAR)
    assert raised.value is error


async def test_what_an_upstream_has_no_objection_to_goes_on() -> None:
    guard, attempt = Backpressure(), InTurn(takes(1))

    assert await guard(attempt, Deadline(7)) == "done"
    assert await guard(attempt, Deadline(8)) == "done"
    assert attempt.deadlines == [Deadline(7), Deadline(8)]


async def test_u5_nobody_is_called_before_the_upstream_said_to_come_back() -> None:
    guard, attempt = Backpressure(), InTurn(takes(0))
    await told_to_wait(guard, UpstreamThrottled("429", retry_after=30))

    with pytest.raises(UpstreamThrottled, match=r"^the upstream asked not to be called yet$") as raised:
        await guard(attempt, FAR)
    assert raised.value.retry_after == 30
    await asyncio.sleep(29.75)
    with pytest.raises(UpstreamThrottled) as raised:
        await guard(attempt, FAR)
    assert raised.value.retry_after == 0.25
    assert attempt.begun == []
    await asyncio.sleep(0.25)
    assert await guard(attempt, FAR) == "done"


@pytest.mark.parametrize(
    "error",
    [
        UpstreamThrottled("429"),
        UpstreamFailed("500"),
        UpstreamFailed("503, perhaps of one instance of many", retry_after=5),
        NotFound("404", retry_after=5),
        UpstreamRejected("400", retry_after=5),
        BreakerOpen("by our own breaker", retry_after=5),
        BulkheadFull("by our own bulkhead", retry_after=5),
    ],
    ids=repr,
)
async def test_what_asks_for_no_pause_makes_none(error: SourceError) -> None:
    guard = Backpressure()
    await told_to_wait(guard, error)

    assert await guard(takes(0), FAR) == "done"


async def test_whether_a_call_would_be_refused_can_be_known_without_making_one() -> None:
    guard = Backpressure()
    assert guard.refusal() is None
    await told_to_wait(guard, UpstreamThrottled("429", retry_after=2))

    refusal = guard.refusal()
    assert refusal
    assert str(refusal) == "the upstream asked not to be called yet"
    assert refusal.retry_after == 2
    await asyncio.sleep(1.875)
    assert guard.refusal()
    await asyncio.sleep(0.125)
    assert guard.refusal() is None


async def test_a_refusal_of_its_own_does_not_prolong_the_pause() -> None:
    guard = Backpressure()
    await told_to_wait(guard, UpstreamThrottled("429", retry_after=1))
    for _ in range(7):
        with pytest.raises(UpstreamThrottled):
            await guard(takes(0), FAR)
        await asyncio.sleep(0.125)

    await asyncio.sleep(0.125)
    assert await guard(takes(0), FAR) == "done"


async def test_of_two_pauses_the_one_that_ends_later_counts() -> None:
    guard = Backpressure()
    calls = [
        asyncio.create_task(guard(fails(UpstreamThrottled("429", retry_after=10), after=1), FAR)),
        asyncio.create_task(guard(fails(UpstreamThrottled("429", retry_after=2), after=2), FAR)),
    ]
    await begin(*calls)
    await asyncio.wait(calls)
    assert [type(call.exception()) for call in calls] == [UpstreamThrottled] * 2

    with pytest.raises(UpstreamThrottled) as raised:
        await guard(takes(0), FAR)
    assert raised.value.retry_after == 9


async def test_a_pause_begins_when_it_is_asked_for() -> None:
    guard = Backpressure()
    with pytest.raises(UpstreamThrottled):
        await guard(fails(UpstreamThrottled("429", retry_after=1), after=3), FAR)

    with pytest.raises(UpstreamThrottled) as raised:
        await guard(takes(0), FAR)
    assert raised.value.retry_after == 1


async def test_a_bug_makes_no_pause() -> None:
    guard = Backpressure()
    with pytest.raises(ZeroDivisionError):
        await guard(fails(ZeroDivisionError()), FAR)

    assert await guard(takes(0), FAR) == "done"


@unhurried
@given(st.lists(st.tuples(eighths(0, 3), eighths(0, 2), st.none() | eighths(0, 4)), min_size=1, max_size=12))
def test_no_call_begins_within_any_pause_and_every_one_outside(plan: list[tuple[float, float, float | None]]) -> None:
    """Each of the plan: when it comes, how long it takes, how long a pause its answer asks for."""

    async def run() -> None:
        guard = Backpressure()
        pauses: list[tuple[float, float]] = []

        async def call(comes: float, seconds: float, pause: float | None) -> None:
            async def attempt(_: Deadline) -> None:
                assert not any(begun <= now() < over for begun, over in pauses)
                await asyncio.sleep(seconds)
                if pause is not None:
                    pauses.append((now(), now() + pause))
                    raise UpstreamThrottled("429", retry_after=pause)

            await asyncio.sleep(comes)
            left = max((over - now() for _, over in pauses if over > now()), default=pause)
            if left is None:
                await guard(attempt, FAR)
                return
            with pytest.raises(UpstreamThrottled) as raised:
                await guard(attempt, FAR)
            assert raised.value.retry_after == left

        await asyncio.gather(*(call(*one) for one in plan))

    run_virtually(run())
