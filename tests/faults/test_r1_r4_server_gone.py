"""A cache server that is not there, dies, hangs, is slow or full: no page is less than whole."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from bff.events import CacheDropped, CacheFailed, CacheHeard
from tests.faults.cached_landing import WARM, cached_for_all, eventually, found_again, found_by_another, process_at
from tests.servers.fault_proxy import FaultProxy, fault_proxy
from tests.servers.valkey_server import Server, running_server

CACHE_DEADLINE = 0.05
BUSY_MACHINE = 0.1
"""Seconds that a page may take besides, on a machine that does something else too."""


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with running_server() as server:
        yield server


@pytest.fixture
async def proxy(server: Server) -> AsyncIterator[FaultProxy]:
    async with fault_proxy(server.url) as proxy:
        yield proxy


async def test_r1_without_its_cache_server_it_starts_is_ready_says_so_and_serves(proxy: FaultProxy) -> None:
    await proxy.refuse()
    async with process_at(proxy.url) as process:
        ready = await process.client.http.get("/health/ready")
        await process.whole("1")
        again = await process.whole("1")
        await eventually(lambda: bool(process.events(CacheHeard)))

    assert (ready.status_code, ready.text) == (200, "ready")
    assert set(again.states().values()) == {"CACHED"}
    [heard] = process.events(CacheHeard)
    assert not heard.whole
    assert heard.reason.startswith("ConnectionError: Error 111 connecting to 127.0.0.1")


async def test_r1_when_the_server_comes_it_is_used_without_a_restart(proxy: FaultProxy) -> None:
    await proxy.refuse()
    async with process_at(proxy.url) as process:
        await process.whole("1")
        await proxy.listen()
        await eventually(lambda: bool(process.events(CacheHeard)) and process.events(CacheHeard)[-1].whole)
        await eventually(lambda: process.breaker_moves()[-1:] == ["closed"])
        await process.whole("2")

    assert await found_by_another(proxy.url, "2") == {"CACHED"}


@pytest.mark.parametrize("dies", ["refused", "hung up", "killed"])
async def test_r2_when_the_server_dies_every_page_is_whole_and_it_is_used_again_once_it_is_back(
    server: Server, proxy: FaultProxy, dies: str
) -> None:
    viewers = [str(viewer) for viewer in range(1, 21)]
    await cached_for_all(proxy.url, WARM)
    async with process_at(proxy.url) as process:
        pages = asyncio.gather(*(process.whole(viewer) for viewer in viewers))
        await asyncio.sleep(0)
        if dies == "hung up":
            proxy.hang_up()
        else:
            await proxy.refuse()
        if dies == "killed":
            await server.kill()
        await pages
        await asyncio.gather(*(process.whole(viewer) for viewer in viewers))
        if dies == "killed":
            return
        proxy.mend()
        if dies == "refused":
            await proxy.listen()
        await found_again(process)


@pytest.mark.serial
@pytest.mark.parametrize("trouble", ["black hole", "slow"])
async def test_r3_the_first_page_pays_the_cache_deadline_and_the_next_ones_nothing(
    proxy: FaultProxy, trouble: str
) -> None:
    clock = asyncio.get_running_loop().time
    took = []
    async with process_at(proxy.url) as process:
        await process.whole("1")
        if trouble == "black hole":
            proxy.black_hole()
        else:
            proxy.slow(0.2)
        for viewer in ("2", "3", "4", "5"):
            started = clock()
            await process.whole(viewer)
            took.append(clock() - started)

    assert took[0] < CACHE_DEADLINE + BUSY_MACHINE
    assert sorted(took[1:])[1] < CACHE_DEADLINE
    assert {event.reason for event in process.events(CacheFailed)} == {"late"}


@pytest.mark.parametrize("trouble", ["black hole", "slow"])
async def test_r3_a_server_that_answers_in_time_again_is_used_again(proxy: FaultProxy, trouble: str) -> None:
    await cached_for_all(proxy.url, WARM)
    async with process_at(proxy.url) as process:
        if trouble == "black hole":
            proxy.black_hole()
        else:
            proxy.slow(0.2)
        await process.whole("1")
        await eventually(process.breaker_opened)
        proxy.mend()
        await found_again(process)


async def test_r4_a_full_server_is_read_and_what_it_does_not_take_is_counted() -> None:
    async with running_server({"maxmemory-policy": "noeviction"}) as server:
        await cached_for_all(server.url, WARM)
        await fill(server)
        async with process_at(server.url) as process:
            warm = await process.whole(WARM[0])
            cold = await process.whole("1")
        assert await found_by_another(server.url, "1") == {"LIVE"}

    assert set(warm.states().values()) == {"CACHED"}
    assert set(cold.states().values()) == {"LIVE"}
    failed = {(event.operation, event.reason) for event in process.events(CacheFailed)}
    assert failed == {("lease", "OutOfMemoryError")}
    assert not process.breaker_opened()


async def test_r4_what_a_server_that_fills_up_meanwhile_does_not_take_is_counted() -> None:
    async with running_server({"maxmemory-policy": "noeviction"}) as server:
        async with process_at(server.url, {"BFF_RECOMMENDATIONS__DEADLINE": "2s"}) as process:
            process.upstreams.delays["recommendations"] = 1
            page = asyncio.create_task(process.whole("1"))
            await asyncio.sleep(0.1)  # leases are taken, values are on their way
            await fill(server)
            await page
        dropped = process.events(CacheDropped)

    assert sum(event.values for event in dropped) >= 1
    assert {event.reason for event in dropped} == {"not written"}


async def fill(server: Server) -> None:
    """As if others had put so much there that not a byte is left."""
    await server.ask("CONFIG", "SET", "maxmemory", 1)
