"""How many calls of one source may be under way at once."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bff.errors import BulkheadFull, SectionState, UpstreamFailed
from bff.events import Event, Listener, WouldHaveRefused
from bff.resilience.bulkhead import Bulkhead, BulkheadOptions
from bff.resilience.deadline import Deadline
from bff.resilience.mode import Mode
from tests.resilience.attempts import FAR, InTurn, begin, end, fails, now, takes, unheard
from tests.resilience.plans import eighths, run_virtually, unhurried

pytestmark = pytest.mark.virtual_time


def bulkhead(limit: int, *, max_wait: float = 0.0, mode: Mode = Mode.ENFORCE, tell: Listener = unheard) -> Bulkhead:
    return Bulkhead(BulkheadOptions(limit=limit, max_wait=max_wait, mode=mode), source="vendor", tell=tell)


def start(guard: Bulkhead, attempt: InTurn, calls: int = 1) -> list[asyncio.Task[str]]:
    return [asyncio.create_task(guard(attempt, FAR)) for _ in range(calls)]


async def test_calls_up_to_the_limit_are_under_way_at_once() -> None:
    attempt = InTurn(takes(1))

    assert await asyncio.gather(*start(bulkhead(3), attempt, 3)) == ["done"] * 3
    assert attempt.begun == [0, 0, 0]


async def test_an_optional_source_never_waits_for_a_slot() -> None:
    guard, attempt = bulkhead(2), InTurn(takes(1))
    running = start(guard, attempt, 2)
    await begin(*running)

    with pytest.raises(BulkheadFull, match=r"^all 2 calls allowed at once are under way$"):
        await guard(attempt, FAR)
    assert now() == 0
    assert attempt.begun == [0, 0]
    assert await asyncio.gather(*running) == ["done", "done"]
    assert await guard(attempt, FAR) == "done"


async def test_a_core_source_waits_for_a_slot() -> None:
    guard, attempt = bulkhead(1, max_wait=0.5), InTurn(takes(0.125))

    assert await asyncio.gather(*start(guard, attempt, 3)) == ["done"] * 3
    assert attempt.begun == [0, 0.125, 0.25]


async def test_the_wait_for_a_slot_is_bounded() -> None:
    guard, attempt = bulkhead(3, max_wait=0.25), InTurn(takes(0.5))
    running = start(guard, attempt, 3)
    await begin(*running)

    with pytest.raises(BulkheadFull, match=r"^all 3 calls allowed at once were under way for up to 0\.25 s$") as raised:
        await guard(attempt, FAR)
    assert isinstance(raised.value.__cause__, TimeoutError)
    assert now() == 0.25
    assert await asyncio.gather(*running) == ["done"] * 3
    assert await guard(attempt, FAR) == "done"


async def test_nobody_waits_for_a_slot_beyond_the_deadline() -> None:
    guard, attempt = bulkhead(1, max_wait=0.25), InTurn(takes(0.5))
    running = start(guard, attempt)
    await begin(*running)

    with pytest.raises(BulkheadFull):
        await guard(attempt, Deadline(0.125))
    assert now() == 0.125
    await asyncio.gather(*running)


async def test_whoever_waits_longest_is_next() -> None:
    guard = bulkhead(1, max_wait=5)
    order: list[str] = []

    async def call(name: str, comes: float) -> None:
        await asyncio.sleep(comes)

        async def attempt(_: Deadline) -> None:
            order.append(name)
            await asyncio.sleep(1)

        await guard(attempt, FAR)

    # the last one comes in the very moment when the first one ends
    await asyncio.gather(call("third", 0.5), call("second", 0.25), call("first", 0), call("fourth", 1))
    assert order == ["first", "second", "third", "fourth"]


async def test_the_deadline_is_handed_down() -> None:
    attempt = InTurn(takes(0))
    await bulkhead(1)(attempt, Deadline(3))

    assert attempt.deadlines == [Deadline(3)]


async def test_a_failed_attempt_gives_its_slot_back() -> None:
    guard = bulkhead(1)
    for _ in range(3):
        with pytest.raises(UpstreamFailed):
            await guard(fails(UpstreamFailed("500")), FAR)

    assert await guard(takes(0), FAR) == "done"


async def test_a_cancelled_attempt_gives_its_slot_back() -> None:
    guard, attempt = bulkhead(1), InTurn(takes(10))
    [running] = start(guard, attempt)
    await begin(running)
    await end(running)

    assert await guard(takes(0), FAR) == "done"


async def test_whoever_goes_away_while_waiting_takes_no_slot() -> None:
    guard, attempt = bulkhead(1, max_wait=5), InTurn(takes(1))
    [running, waiting] = start(guard, attempt, 2)
    await begin(running, waiting)
    await end(waiting)

    assert await running == "done"
    assert attempt.begun == [0]
    assert await guard(attempt, FAR) == "done"
    assert now() == 2


async def test_a_full_bulkhead_is_no_failure() -> None:
    assert not BulkheadFull.upstream_at_fault
    assert not BulkheadFull.transient
    assert BulkheadFull.state is SectionState.SHED


async def test_while_it_refuses_it_has_nothing_to_tell(told: list[Event]) -> None:
    guard, attempt = bulkhead(1, tell=told.append), InTurn(takes(1))
    running = start(guard, attempt)
    await begin(*running)
    with pytest.raises(BulkheadFull):
        await guard(attempt, FAR)
    await asyncio.gather(*running)

    assert told == []


async def test_in_report_only_mode_it_says_what_it_would_have_refused_and_refuses_nothing(told: list[Event]) -> None:
    guard, attempt = bulkhead(2, max_wait=0.25, mode=Mode.REPORT_ONLY, tell=told.append), InTurn(takes(1))
    running = start(guard, attempt, 2)
    await begin(*running)
    assert told == []
    running += start(guard, attempt, 3)
    await asyncio.gather(*running)

    assert attempt.begun == [0] * 5
    assert attempt.deadlines == [FAR] * 5
    assert told == [WouldHaveRefused("vendor", "bulkhead")] * 3


async def test_in_report_only_mode_calls_beyond_the_limit_neither_take_nor_give_slots(told: list[Event]) -> None:
    guard = bulkhead(1, mode=Mode.REPORT_ONLY, tell=told.append)
    long, short = start(guard, InTurn(takes(4)))[0], InTurn(takes(1))
    await begin(long)

    await guard(short, FAR)
    await guard(short, FAR)
    assert len(told) == 2
    await long
    await guard(short, FAR)
    await guard(short, FAR)
    assert len(told) == 2


@unhurried
@given(
    plan=st.lists(st.tuples(eighths(0, 3), eighths(0, 3), st.none() | eighths(0, 3)), min_size=1, max_size=12),
    limit=st.integers(1, 3),
    max_wait=st.sampled_from([0.0, 0.5]),
)
def test_whatever_is_cancelled_no_slot_is_lost_and_no_more_run_than_may(
    plan: list[tuple[float, float, float | None]], limit: int, max_wait: float
) -> None:
    """Each of the plan: when it comes, how long it takes, when it is cancelled."""

    async def run() -> None:
        guard = bulkhead(limit, max_wait=max_wait)
        under_way = 0

        async def call(comes: float, seconds: float) -> None:
            async def attempt(_: Deadline) -> None:
                nonlocal under_way
                under_way += 1
                assert under_way <= limit
                assert now() <= comes + max_wait
                try:
                    await asyncio.sleep(seconds)
                finally:
                    under_way -= 1

            await asyncio.sleep(comes)
            await guard(attempt, FAR)

        loop = asyncio.get_running_loop()
        calls = [asyncio.create_task(call(comes, seconds)) for comes, seconds, _ in plan]
        for task, (_, _, cancelled_at) in zip(calls, plan, strict=True):
            if cancelled_at is not None:
                loop.call_at(cancelled_at, task.cancel)
        ended = await asyncio.gather(*calls, return_exceptions=True)
        assert all(one is None or isinstance(one, BulkheadFull | asyncio.CancelledError) for one in ended)
        assert await asyncio.gather(*start(guard, InTurn(takes(0.125)), limit)) == ["done"] * limit

    run_virtually(run())


async def test_what_can_wait_finds_room_in_half_of_the_slots() -> None:
    guard, attempt = bulkhead(4), InTurn(takes(1))
    assert guard.crowded() is None
    running = start(guard, attempt)
    await begin(*running)
    assert guard.crowded() is None
    running += start(guard, attempt)
    await begin(*running)

    refusal = guard.crowded()

    assert isinstance(refusal, BulkheadFull)
    assert str(refusal) == "2 of 4 calls allowed at once are under way"
    assert await asyncio.gather(*running) == ["done", "done"]
    assert guard.crowded() is None


async def test_calls_that_have_ended_make_room_one_each() -> None:
    guard, attempt = bulkhead(4), InTurn(takes(1))
    await asyncio.gather(*start(guard, attempt, 3))
    running = start(guard, attempt)
    await begin(*running)
    assert guard.crowded() is None
    running += start(guard, attempt)
    await begin(*running)

    assert guard.crowded() is not None
    await asyncio.gather(*running)


async def test_a_report_only_bulkhead_is_never_crowded() -> None:
    guard, attempt = bulkhead(1, mode=Mode.REPORT_ONLY), InTurn(takes(1))
    running = start(guard, attempt)
    await begin(*running)

    assert guard.crowded() is None
    await asyncio.gather(*running)
