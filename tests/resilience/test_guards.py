"""Deadline, work bound, bulkhead, and the pipeline that puts guards in order."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bff.errors import BulkheadFull, DeadlineExceeded
from bff.resilience.bulkhead import Bulkhead
from bff.resilience.deadline import Deadline
from bff.resilience.guard import Pipeline
from bff.resilience.work_bound import WorkBound
from tests.virtual_time import VirtualTimeLoop

pytestmark = pytest.mark.virtual_time

T = TypeVar("T")


async def takes(seconds: float) -> str:
    await asyncio.sleep(seconds)
    return "done"


async def test_a_deadline_only_ever_shrinks() -> None:
    page = Deadline.after(3)
    await asyncio.sleep(2.5)

    assert page.within(1).left() == pytest.approx(0.5)
    assert page.within(0.3).left() == pytest.approx(0.3)


async def test_nothing_is_left_of_a_deadline_that_has_passed() -> None:
    deadline = Deadline.after(1)
    await asyncio.sleep(2)

    assert deadline.left() == 0


async def test_work_within_its_bound_is_done() -> None:
    assert await WorkBound(1)(lambda: takes(0.9)) == "done"


async def test_work_beyond_its_bound_is_ended() -> None:
    with pytest.raises(DeadlineExceeded, match="work bound of 1 s"):
        await WorkBound(1)(lambda: takes(2))
    assert asyncio.get_running_loop().time() == pytest.approx(1)


async def test_a_timeout_of_the_works_own_is_not_taken_for_the_bound() -> None:
    async def own_timeout() -> None:
        raise TimeoutError("mine")

    with pytest.raises(TimeoutError, match="mine"):
        await WorkBound(1)(own_timeout)


async def test_an_optional_source_never_waits_for_a_slot() -> None:
    bulkhead = Bulkhead(2, max_wait=0)
    running = [asyncio.create_task(bulkhead(lambda: takes(1))) for _ in range(2)]
    await asyncio.sleep(0)

    with pytest.raises(BulkheadFull):
        await bulkhead(lambda: takes(1))
    assert await asyncio.gather(*running) == ["done", "done"]
    assert await bulkhead(lambda: takes(1)) == "done"


async def test_a_core_source_waits_for_a_slot_for_a_bounded_time() -> None:
    bulkhead = Bulkhead(1, max_wait=0.25)
    running = asyncio.create_task(bulkhead(lambda: takes(0.4)))
    await asyncio.sleep(0)

    with pytest.raises(BulkheadFull, match=r"0\.25 s"):
        await bulkhead(lambda: takes(1))
    assert await bulkhead(lambda: takes(1)) == "done"
    await running


@given(
    st.lists(
        st.tuples(st.floats(0, 3), st.floats(0, 3), st.one_of(st.none(), st.floats(0, 3))), min_size=1, max_size=12
    ),
    st.integers(1, 3),
    st.sampled_from([0.0, 0.5]),
)
def test_whatever_is_cancelled_no_slot_is_lost_and_no_more_run_than_may(
    plan: list[tuple[float, float, float | None]], limit: int, max_wait: float
) -> None:
    """Each of the plan: when it comes, how long it takes, when it is cancelled."""

    async def run() -> None:
        bulkhead = Bulkhead(limit, max_wait=max_wait)
        inside = 0

        async def attempt(seconds: float) -> None:
            nonlocal inside
            inside += 1
            assert inside <= limit
            try:
                await asyncio.sleep(seconds)
            finally:
                inside -= 1

        async def caller(after: float, seconds: float) -> None:
            await asyncio.sleep(after)
            await bulkhead(lambda: attempt(seconds))

        loop = asyncio.get_running_loop()
        callers = [asyncio.create_task(caller(after, seconds)) for after, seconds, _ in plan]
        for task, (_, _, cancelled_after) in zip(callers, plan, strict=True):
            if cancelled_after is not None:
                loop.call_later(cancelled_after, task.cancel)
        ended = await asyncio.gather(*callers, return_exceptions=True)
        assert all(one is None or isinstance(one, BulkheadFull | asyncio.CancelledError) for one in ended)
        await asyncio.gather(*(bulkhead(lambda: takes(0.1)) for _ in range(limit)))

    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        runner.run(run())


class Noted:
    """A guard that says when it is entered."""

    def __init__(self, name: str, notes: list[str]) -> None:
        self._name = name
        self._notes = notes

    async def __call__(self, attempt: Callable[[], Awaitable[T]], /) -> T:
        self._notes.append(self._name)
        return await attempt()


async def test_a_pipelines_guards_are_entered_in_the_order_they_are_written() -> None:
    notes: list[str] = []
    pipeline = Pipeline(Noted("outer", notes), Noted("middle", notes), Noted("inner", notes))

    assert await pipeline(lambda: takes(0)) == "done"
    assert notes == ["outer", "middle", "inner"]
