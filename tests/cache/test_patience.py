"""How long one page waits for the cache server, in all."""

import asyncio

import pytest

from bff.cache.patience import BEAT, CACHE_DEADLINE, Patience

pytestmark = pytest.mark.virtual_time


def now() -> float:
    return asyncio.get_running_loop().time()


async def waits(patience: Patience, seconds: float) -> None:
    async with patience.spent():
        await asyncio.sleep(seconds)


async def waits_in_vain(patience: Patience) -> float:
    """How long it waited."""
    started = now()
    with pytest.raises(TimeoutError):
        await waits(patience, 60)
    return now() - started


async def test_a_page_has_the_cache_deadline_in_all() -> None:
    patience = Patience()
    await waits(patience, 0.031)
    await asyncio.sleep(5)

    assert await waits_in_vain(patience) == pytest.approx(CACHE_DEADLINE - 0.03)
    assert patience.exhausted


async def test_only_time_that_a_page_waits_is_taken_from_it() -> None:
    patience = Patience(1)
    await asyncio.sleep(5)
    await waits(patience, 0.25 + BEAT / 2)
    await asyncio.sleep(5)

    assert await waits_in_vain(patience) == pytest.approx(0.75)


async def test_sections_that_wait_side_by_side_wait_once() -> None:
    patience = Patience(1)
    await asyncio.gather(*(waits(patience, seconds + BEAT / 2) for seconds in (0.25, 0.5, 0.125)))

    assert await waits_in_vain(patience) == pytest.approx(0.5)


async def test_all_who_wait_give_up_together() -> None:
    patience = Patience(1)
    assert await asyncio.gather(*(waits_in_vain(patience) for _ in range(3))) == [pytest.approx(1)] * 3


async def test_none_is_left_once_it_is_used_up() -> None:
    patience = Patience(0.1)
    await waits_in_vain(patience)

    assert patience.exhausted
    assert await waits_in_vain(patience) == 0


async def test_a_wait_that_fails_or_is_cancelled_counts_and_leaves_nothing_behind() -> None:
    patience = Patience(1)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.25 + BEAT / 2):
            await waits(patience, 5)
    await asyncio.sleep(5)

    assert await waits_in_vain(patience) == pytest.approx(0.75)


async def test_a_loop_that_stands_still_costs_one_beat_because_the_answer_may_lie_there_unread() -> None:
    patience = Patience(1)
    loop = asyncio.get_running_loop()

    async with patience.spent():
        await asyncio.sleep(BEAT / 2)
        loop._clock.now += 5  # type: ignore[attr-defined]  # as if it had been busy for so long
        await asyncio.sleep(0)
        await asyncio.sleep(0)

    assert not patience.exhausted
    assert await waits_in_vain(patience) == pytest.approx(1 - BEAT)


async def test_a_loop_that_is_busy_in_the_turn_in_which_patience_ends_is_no_error() -> None:
    patience = Patience()
    waiting = asyncio.create_task(waits_in_vain(patience))
    await asyncio.sleep(CACHE_DEADLINE - BEAT / 2)
    loop, last = asyncio.get_running_loop(), patience._next
    assert last is not None

    def busy() -> None:
        loop._clock.now += 2 * BEAT  # type: ignore[attr-defined]  # as if it had been busy for so long

    loop.call_at(last.when(), busy)

    assert await waiting == pytest.approx(CACHE_DEADLINE + 2 * BEAT)
