"""Two apps' limits over one real Valkey: they count as one, and not one page waits for it, in trouble or out of it."""

import asyncio
import time
from collections.abc import Callable

import pytest

from bff.cache.redis.levels import RedisLevels
from bff.errors import RateLimited
from bff.settings.edge import Rate, Rates
from bff.web.rate.limits import RateLimits
from tests.servers.fault_proxy import FaultProxy, fault_proxy
from tests.servers.valkey_server import running_server

RATE = Rate(1_000, 3600.0)


def app(url: str) -> RateLimits:
    return RateLimits(Rates(RATE, RATE), lambda _: None, shared=RedisLevels.at(url))


def through(limits: RateLimits, requests: int, viewer: str = "7") -> int:
    """How many get through. None of them takes time."""
    passed = 0
    began = time.thread_time()
    for _ in range(requests):
        try:
            limits.check_address("9.9.9.9")
            limits.check_viewer(viewer)
        except RateLimited:
            continue
        passed += 1
    assert time.thread_time() - began < 0.001 * max(100, requests)
    return passed


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not holds():  # noqa: ASYNC110 - another process has to get there
            await asyncio.sleep(0.05)


async def test_two_apps_count_as_one() -> None:
    async with running_server() as server:
        one, two = app(server.url), app(server.url)
        assert through(one, 1_200) == 1_000

        def two_knows() -> bool:
            return through(two, 10) == 0

        await until(two_knows)
        keys = await server.ask("KEYS", "*")
        assert len(keys) == 2
        assert not [key for key in keys if b"9.9.9.9" in key]
        await one.close()
        await two.close()


async def test_one_that_asks_within_the_limit_is_refused_by_neither() -> None:
    async with running_server() as server:
        fleet = [app(server.url), app(server.url)]
        for _ in range(9):
            assert [through(limits, 50) for limits in fleet] == [50, 50]
            await asyncio.sleep(0.2)
        for limits in fleet:
            await limits.close()


def black_hole(proxy: FaultProxy) -> None:
    proxy.black_hole()


def slow(proxy: FaultProxy) -> None:
    proxy.slow(3.0)


def hung_up(proxy: FaultProxy) -> None:
    proxy.hang_up()


@pytest.mark.parametrize("trouble", [black_hole, slow, hung_up])
async def test_a_server_in_trouble_refuses_nobody_and_is_used_again_when_it_is_back(
    trouble: Callable[[FaultProxy], None],
) -> None:
    async with running_server() as server, fault_proxy(server.url) as proxy:
        one, two = app(proxy.url), app(proxy.url)
        trouble(proxy)
        assert through(one, 400) == 400
        await asyncio.sleep(0.5)
        assert through(two, 400) == 400
        await asyncio.sleep(1.5)
        proxy.mend()
        told = 0

        def both_are_told() -> bool:
            nonlocal told
            told += through(one, 10) and 10
            return through(two, 10) == 0

        await until(both_are_told)
        assert told < 600
        await one.close()
        await two.close()


async def test_a_server_that_is_killed_leaves_each_with_its_own_count() -> None:
    async with running_server() as server:
        one = app(server.url)
        assert through(one, 500) == 500
        await asyncio.sleep(0.4)
        await server.kill()
        assert through(one, 600) == 500
        await asyncio.sleep(1)
        assert through(one, 100) == 0
        await one.close()


async def test_closing_ends_what_is_under_way_at_once() -> None:
    async with running_server() as server, fault_proxy(server.url) as proxy:
        limits = app(proxy.url)
        proxy.black_hole()
        through(limits, 500)
        await asyncio.sleep(0.3)
        began = time.monotonic()
        await limits.close()
        assert time.monotonic() - began < 0.3
        await until(lambda: proxy.open == 0)
