"""How often something happened lately."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bff.resilience.rolling_count import SLICES, RollingCount
from tests.resilience.attempts import now
from tests.resilience.plans import eighths, run_virtually, unhurried

pytestmark = pytest.mark.virtual_time


async def test_what_happens_is_counted() -> None:
    count = RollingCount(10)

    assert count.total() == 0
    count.add()
    count.add()
    await asyncio.sleep(1)
    count.add()
    assert count.total() == 3


async def test_what_happened_is_forgotten_when_the_window_has_passed() -> None:
    await asyncio.sleep(1000)
    count = RollingCount(10)
    count.add()

    await asyncio.sleep(9.875)
    assert count.total() == 1
    await asyncio.sleep(0.125)
    assert count.total() == 0


async def test_a_window_is_exact_to_a_tenth_of_it() -> None:
    assert SLICES == 10
    await asyncio.sleep(100.75)
    count = RollingCount(10)
    count.add()

    await asyncio.sleep(9.125)
    assert count.total() == 1
    await asyncio.sleep(0.125)
    assert count.total() == 0


async def test_what_happened_together_is_forgotten_bit_by_bit() -> None:
    count = RollingCount(1.25)
    for _ in range(10):
        count.add()
        await asyncio.sleep(0.125)

    totals = []
    for _ in range(11):
        totals.append(count.total())
        await asyncio.sleep(0.125)
    assert totals == [9, 8, 7, 6, 5, 4, 3, 2, 1, 0, 0]


async def test_a_long_silence_forgets_everything() -> None:
    count = RollingCount(10)
    for _ in range(20):
        count.add()
        await asyncio.sleep(0.5)
    await asyncio.sleep(10_000.5)

    assert count.total() == 0
    count.add()
    assert count.total() == 1


async def test_a_silence_of_months_is_not_gone_through_slice_by_slice() -> None:
    count = RollingCount(0.001)
    count.add()
    await asyncio.sleep(90 * 24 * 3600)

    assert count.total() == 0


async def test_it_can_be_told_to_forget() -> None:
    count = RollingCount(10)
    count.add()
    await asyncio.sleep(5)
    count.add()

    count.clear()
    assert count.total() == 0
    count.add()
    await asyncio.sleep(5)
    assert count.total() == 1


@unhurried
@given(
    starts_at=eighths(0, 100),
    window=st.sampled_from([1.25, 2.5, 5.0, 10.0, 80.0]),
    steps=st.lists(st.tuples(eighths(0, 12), st.integers(0, 3))),
)
def test_it_counts_what_a_list_of_times_would(starts_at: float, window: float, steps: list[tuple[float, int]]) -> None:
    """Each step: how long nothing happens, then how often it does."""

    async def run() -> None:
        await asyncio.sleep(starts_at)
        count = RollingCount(window)
        times: list[float] = []
        for silence, often in steps:
            await asyncio.sleep(silence)
            for _ in range(often):
                count.add()
                times.append(now())
            total = count.total()
            assert total == sum(now() // (window / 10) - at // (window / 10) < 10 for at in times)
            assert sum(now() - at <= 0.9 * window for at in times) <= total
            assert total <= sum(now() - at < window for at in times)

    run_virtually(run())
