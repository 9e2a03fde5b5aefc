"""Several processes count as one, on virtual time; and a cache server in trouble costs no page anything."""

import asyncio
import logging
import math
import random

import pytest

from bff.errors import RateLimited
from bff.settings.edge import Rate, Rates
from bff.web.rate.limits import RateLimits
from bff.web.rate.sharing import EVERY, PAUSE, WORTH_TELLING
from tests.web.rate.levels_in_memory import LevelsInMemory

pytestmark = pytest.mark.virtual_time

RATE = Rate(1_200, 60.0)
DRAIN = RATE.count / RATE.seconds


def processes(shared: LevelsInMemory, number: int, rate: Rate = RATE) -> list[RateLimits]:
    return [RateLimits(Rates(viewer=rate), lambda _: None, shared=shared) for _ in range(number)]


def through(limits: RateLimits, requests: int = 1, viewer: str = "7") -> int:
    """How many of them get through."""
    passed = 0
    for _ in range(requests):
        try:
            limits.check_viewer(viewer)
        except RateLimited:
            continue
        passed += 1
    return passed


async def closed(fleet: list[RateLimits]) -> None:
    for limits in fleet:
        await limits.close()


@pytest.mark.parametrize("number", [2, 5])
async def test_spread_over_several_processes_one_gets_no_more_than_the_limit_and_a_little(number: int) -> None:
    shared, dice = LevelsInMemory(), random.Random(7)  # noqa: S311 - no secret
    fleet = processes(shared, number)
    moments: list[float] = []
    now, step, arrivals = 0.0, 0.02, 4  # 200 a second, ten times the limit
    while now < 180:
        for _ in range(arrivals):
            moments += [now] * through(dice.choice(fleet))
        await asyncio.sleep(step)
        now += step
    # what one process can let through before it hears of the others
    unheard = number * (WORTH_TELLING * RATE.count + DRAIN * 2 * EVERY + 1) + arrivals / step * EVERY
    for first, begin in enumerate(moments[::50]):
        span = [moment for moment in moments[first * 50 :] if moment <= begin + RATE.seconds]
        assert len(span) <= RATE.count + RATE.seconds * DRAIN + unheard
    assert len(moments) <= RATE.count + 180 * DRAIN + unheard
    assert len(moments) >= 0.97 * (RATE.count + 180 * DRAIN)
    await closed(fleet)


async def test_what_one_process_let_through_the_other_knows_a_moment_later() -> None:
    fleet = processes(LevelsInMemory(), 2)
    assert through(fleet[0], 1_300) == 1_200
    await asyncio.sleep(1)
    through(fleet[1], 12)  # worth telling, so that it hears
    await asyncio.sleep(1)
    assert through(fleet[1], 100) <= 2 * DRAIN
    await closed(fleet)


async def test_with_a_small_limit_every_request_is_told() -> None:
    fleet = processes(LevelsInMemory(), 3, Rate(6, 60.0))
    passed = 0
    for _ in range(4):
        for limits in fleet:
            passed += through(limits)
            await asyncio.sleep(2 * EVERY)
    assert passed <= 6 + 2
    await closed(fleet)


async def test_one_who_asks_seldom_is_never_told_of() -> None:
    shared = LevelsInMemory()
    fleet = processes(shared, 1)
    for number in range(5_000):
        through(fleet[0], 5, f"user-{number}")
    for _ in range(1_000):
        await asyncio.sleep(10)
        through(fleet[0], 5)
    assert not shared.told
    await closed(fleet)


async def test_nobody_can_see_in_a_name_who_it_is() -> None:
    shared = LevelsInMemory()
    one, same, other = (
        RateLimits(Rates(RATE, RATE), lambda _: None, shared=shared, secret=secret) for secret in (None, None, "x" * 99)
    )
    for limits in (one, same, other):
        through(limits, 100, "user-5d1c")
        for _ in range(100):
            limits.check_address("9.9.9.9")
    await asyncio.sleep(1)
    assert len(shared.levels) == 4
    assert not [name for name in shared.levels if "5d1c" in name.partition("{")[0] or "9.9.9.9" in name]
    assert {name.partition(":")[0] for name in shared.levels} == {"viewer", "address"}
    await closed([one, same, other])


async def test_an_idle_process_sets_no_timer() -> None:
    fleet = processes(LevelsInMemory(), 1)
    through(fleet[0], 100)
    await asyncio.sleep(1)
    others = asyncio.all_tasks() - {asyncio.current_task()}
    assert not [task for task in others if "until_all_is_told" in repr(task)]
    await closed(fleet)


@pytest.mark.parametrize("trouble", ["down", "late"])
async def test_a_server_in_trouble_is_said_once_and_each_process_counts_for_itself(
    trouble: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    shared = LevelsInMemory()
    fleet = processes(shared, 2)
    shared.error, shared.delay = ConnectionError("down"), 1.0 if trouble == "late" else 0.0
    passed = [0, 0]
    for _ in range(600):
        passed = [count + through(limits, 3) for count, limits in zip(passed, fleet, strict=True)]
        await asyncio.sleep(0.1)
    assert passed == [1_800, 1_800]  # each within the limit by itself, and not both together
    assert len(shared.told) <= 2 * (60 / PAUSE + 1)
    assert caplog.messages == ["each process counts requests for itself: the cache server failed (ConnectionError)"] * 2
    shared.error = None
    for _ in range(100):
        for limits in fleet:
            through(limits, 3)
        await asyncio.sleep(0.1)
    assert caplog.messages[2:] == ["all processes count requests together again"] * 2
    await closed(fleet)


async def test_a_server_that_forgot_lowers_it_for_nobody() -> None:
    shared = LevelsInMemory()
    [limits] = processes(shared, 1)
    assert through(limits, 1_200) == 1_200
    await asyncio.sleep(1)
    shared.levels.clear()
    assert through(limits, 100) == DRAIN
    await asyncio.sleep(1)
    assert through(limits, 100) == DRAIN
    await limits.close()


@pytest.mark.parametrize("level", [1e300, math.inf, math.nan, -5.0])
async def test_a_level_that_cannot_be_refuses_nobody_for_long(level: float) -> None:
    shared = LevelsInMemory()
    [limits] = processes(shared, 1)

    async def odd(amounts: dict[str, float], *, drain: float, most: float) -> list[float]:
        return [level] * len(amounts)

    shared.add = odd  # type: ignore[method-assign,assignment]  # a server whose values somebody else wrote
    through(limits, 100)
    await asyncio.sleep(2)
    await asyncio.sleep(2 * RATE.seconds)
    assert through(limits) == 1
    await limits.close()


async def test_what_failed_is_not_told_again() -> None:
    shared = LevelsInMemory()
    [limits] = processes(shared, 1)
    shared.error = ConnectionError("down")
    through(limits, 100)
    await asyncio.sleep(1)
    shared.error = None
    await asyncio.sleep(PAUSE)
    through(limits, 12)
    await asyncio.sleep(1)
    assert [sum(told.values()) for told in shared.told] == [pytest.approx(100, abs=3 * DRAIN), pytest.approx(12, abs=3)]
    await limits.close()
