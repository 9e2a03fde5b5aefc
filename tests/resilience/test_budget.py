"""How many extra calls an upstream may be given."""

import asyncio
from itertools import count, takewhile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bff.resilience.budget import Budget
from tests.resilience.attempts import now
from tests.resilience.plans import eighths, run_virtually, unhurried

pytestmark = pytest.mark.virtual_time


def see_calls(budget: Budget, calls: int) -> None:
    for _ in range(calls):
        budget.saw_call()


def spend_all(budget: Budget) -> int:
    """How many extra calls there may be now."""
    return len(list(takewhile(lambda _: budget.spend(), count())))


async def test_extra_calls_are_a_share_of_all_calls() -> None:
    budget = Budget(0.25, least=0, window=10)
    see_calls(budget, 8)

    assert spend_all(budget) == 2


async def test_part_of_a_call_is_none() -> None:
    budget = Budget(0.25, least=0, window=10)

    see_calls(budget, 3)
    assert not budget.spend()
    see_calls(budget, 1)
    assert spend_all(budget) == 1
    see_calls(budget, 3)
    assert not budget.spend()
    see_calls(budget, 1)
    assert spend_all(budget) == 1


async def test_a_few_extra_calls_there_may_always_be() -> None:
    budget = Budget(0.25, least=3, window=10)

    assert spend_all(budget) == 3
    see_calls(budget, 12)
    assert not budget.spend()
    see_calls(budget, 4)
    assert spend_all(budget) == 1


async def test_a_refused_call_costs_nothing() -> None:
    budget = Budget(0.5, least=0, window=10)
    for _ in range(5):
        assert not budget.spend()
    see_calls(budget, 2)

    assert spend_all(budget) == 1


async def test_calls_and_extra_calls_count_for_a_window() -> None:
    budget = Budget(0.5, least=1, window=10)
    see_calls(budget, 8)
    assert spend_all(budget) == 4

    await asyncio.sleep(9.75)
    assert spend_all(budget) == 0
    await asyncio.sleep(0.25)
    assert spend_all(budget) == 1


@unhurried
@given(
    share=st.sampled_from([0.125, 0.25, 0.5, 1.0]),
    least=st.integers(0, 3),
    steps=st.lists(st.tuples(eighths(0, 6), st.integers(0, 9), st.integers(0, 9))),
)
def test_extra_calls_never_are_more_than_the_share_and_never_refused_below_it(
    share: float, least: int, steps: list[tuple[float, int, int]]
) -> None:
    """Each step: how long nothing happens, then how many calls there are and how many extra ones are wanted."""

    async def run() -> None:
        budget = Budget(share, least=least, window=10)
        calls: list[float] = []
        extra: list[float] = []

        def lately(times: list[float]) -> int:
            return sum(now() // 1 - at // 1 < 10 for at in times)

        for silence, called, wanted in steps:
            await asyncio.sleep(silence)
            see_calls(budget, called)
            calls += [now()] * called
            for _ in range(wanted):
                may = lately(extra) < int(max(least, share * lately(calls)))
                assert budget.spend() is may
                extra += [now()] * may

    run_virtually(run())
