"""Levels in a real server: they add up over processes and drain by its clock; in trouble they raise, in time."""

import asyncio
import time
from collections.abc import AsyncIterator

import pytest

from bff.cache.redis.levels import ANSWERS_WITHIN, AT_ONCE, PREFIX, RedisLevels
from tests.cache.redis.conftest import Behind
from tests.servers.fault_proxy import fault_proxy
from tests.servers.valkey_server import running_server

SLOWLY = {"drain": 0.001, "most": 1_000.0}


@pytest.fixture
async def levels(behind: Behind) -> AsyncIterator[RedisLevels]:
    made = RedisLevels.at(behind.url)
    yield made
    await made.close()


async def test_what_several_add_adds_up(behind: Behind, levels: RedisLevels, viewer: str) -> None:
    other = RedisLevels.at(behind.url)
    one, two = f"viewer:{{{viewer}-1}}", f"viewer:{{{viewer}-2}}"
    assert await levels.add({one: 3.0, two: 0.5}, **SLOWLY) == pytest.approx([3, 0.5], abs=0.01)
    assert await other.add({two: 1.0, one: 4.0}, **SLOWLY) == pytest.approx([1.5, 7], abs=0.01)
    await other.close()


async def test_a_level_drains_and_is_gone_when_it_has(behind: Behind, levels: RedisLevels, viewer: str) -> None:
    name = f"viewer:{{{viewer}}}"
    before = time.monotonic()
    await levels.add({name: 10.0}, drain=20.0, most=100.0)
    await asyncio.sleep(0.2)
    [left] = await levels.add({name: 0.0}, drain=20.0, most=100.0)
    assert 10 - (time.monotonic() - before) * 20 - 0.1 <= left <= 6.1
    await asyncio.sleep(left / 20 + 0.05)
    assert await behind.ask(PREFIX + name, "EXISTS", PREFIX + name) == 0
    assert await levels.add({name: 1.0}, **SLOWLY) == pytest.approx([1.0], abs=0.01)


async def test_a_level_has_a_top(levels: RedisLevels, viewer: str) -> None:
    name = f"viewer:{{{viewer}}}"
    assert await levels.add({name: 5_000.0}, **SLOWLY) == [1_000.0]
    assert await levels.add({name: 5_000.0}, **SLOWLY) == [1_000.0]


async def test_more_than_fit_in_one_script_are_told_too(levels: RedisLevels, viewer: str) -> None:
    amounts = {f"viewer:{{{viewer}-{number}}}": float(number + 1) for number in range(2 * AT_ONCE + 1)}
    assert await levels.add(amounts, **SLOWLY) == pytest.approx(list(amounts.values()), abs=0.01)


@pytest.mark.parametrize(
    "odd", ["", "x", "1.0", "nan 5", "-5.0 1", "1e300 1", "9" * 400 + ".0 1", "5.0 99999999999999"]
)
async def test_what_lies_there_and_is_no_level_is_none(
    odd: str, behind: Behind, levels: RedisLevels, viewer: str
) -> None:
    name = f"viewer:{{{viewer}}}"
    await behind.ask(PREFIX + name, "SET", PREFIX + name, odd)
    [level] = await levels.add({name: 1.0}, **SLOWLY)
    assert 1 <= level <= 1_000


async def test_what_is_of_another_type_is_overwritten(behind: Behind, levels: RedisLevels, viewer: str) -> None:
    name = f"viewer:{{{viewer}}}"
    await behind.ask(PREFIX + name, "RPUSH", PREFIX + name, "x")
    assert await levels.add({name: 1.0}, **SLOWLY) == [1.0]


async def test_nothing_lies_there_for_ever(behind: Behind, levels: RedisLevels, viewer: str) -> None:
    name = f"viewer:{{{viewer}}}"
    await levels.add({name: 5.0}, drain=10.0, most=100.0)
    assert 0 < await behind.ask(PREFIX + name, "PTTL", PREFIX + name) <= 500


async def test_whatever_is_wrong_with_the_server_it_is_said_in_time_and_over_when_it_is() -> None:
    async with running_server() as server, fault_proxy(server.url) as proxy:
        levels = RedisLevels.at(proxy.url)
        for trouble in (proxy.black_hole, proxy.hang_up, proxy.garbage, lambda: proxy.say(b"-LOADING wait")):
            trouble()
            began = time.monotonic()
            with pytest.raises(Exception):  # noqa: B017, PT011 - any is allowed
                await levels.add({"viewer:{1}": 1.0}, **SLOWLY)
            assert time.monotonic() - began < ANSWERS_WITHIN + 0.5
            proxy.mend()
            [level] = await levels.add({"viewer:{1}": 1.0}, **SLOWLY)
            assert level >= 1
        await levels.close()


async def test_a_server_that_is_full_raises_and_is_read_again_when_it_is_not() -> None:
    async with running_server({"maxmemory": "1mb", "maxmemory-policy": "noeviction"}) as server:
        levels = RedisLevels.at(server.url)
        with pytest.raises(Exception, match="used memory"):
            await levels.add({"viewer:{1}": 1.0}, **SLOWLY)
        await server.ask("CONFIG", "SET", "maxmemory", "100mb")
        assert await levels.add({"viewer:{1}": 1.0}, **SLOWLY) == [1.0]
        await levels.close()
