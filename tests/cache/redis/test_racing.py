"""Asking several at once."""

import asyncio

import pytest

from bff.cache.redis.racing import first_good

pytestmark = pytest.mark.virtual_time


async def _after(seconds: float, result: str | Exception) -> str:
    await asyncio.sleep(seconds)
    if isinstance(result, Exception):
        raise result
    return result


async def test_the_first_to_succeed_wins_and_the_others_are_ended() -> None:
    before = asyncio.all_tasks()

    won = await first_good([_after(1, ValueError()), _after(3, "late"), _after(2, "first"), _after(1e9, "never")])

    assert won == "first"
    assert asyncio.get_running_loop().time() < 3
    assert asyncio.all_tasks() == before


async def test_where_all_fail_the_last_failure_is_told() -> None:
    with pytest.raises(KeyError, match="last"):
        await first_good([_after(2, KeyError("last")), _after(1, ValueError("first"))])


async def test_whoever_stops_waiting_leaves_nothing_behind() -> None:
    before = asyncio.all_tasks()

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(1):
            await first_good([_after(1e9, "never")])

    assert asyncio.all_tasks() == before
