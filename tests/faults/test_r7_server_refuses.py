"""A cache server that refuses, moves, or is replaced: misses, no error on a page, and it is used again."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.faults.cached_landing import WARM, Process, cached_for_all, found_again, found_by_another, process_at
from tests.servers.cluster import running_cluster
from tests.servers.fault_proxy import FaultProxy, fault_proxy
from tests.servers.sentinels import running_sentinels
from tests.servers.valkey_server import Server, running_server

VIEWERS = [str(viewer) for viewer in range(1, 9)]

REFUSALS = [
    "-READONLY You can't write against a read only replica.",
    "-LOADING Valkey is loading the dataset in memory",
    "-BUSY Valkey is busy running a script.",
    "-MASTERDOWN Link with MASTER is down",
    "-CLUSTERDOWN The cluster is down",
    "-MOVED 3999 127.0.0.1:1",
    "-ASK 3999 127.0.0.1:1",
    "-TRYAGAIN Multiple keys request during rehashing of slot",
    "-NOAUTH Authentication required.",
    "-WRONGPASS invalid username-password pair",
    "-NOPERM User app has no permissions to run the 'mget' command",
    "-ERR max number of clients reached",
    "-ERR unknown command 'EVAL'",
    "-OOM command not allowed when used memory > 'maxmemory'.",
]


@pytest.fixture(scope="module")
async def server() -> AsyncIterator[Server]:
    async with running_server() as server:
        await cached_for_all(server.url, WARM)
        yield server


@pytest.fixture
async def proxy(server: Server) -> AsyncIterator[FaultProxy]:
    async with fault_proxy(server.url) as proxy:
        yield proxy


async def all_whole(process: Process) -> None:
    await asyncio.gather(*(process.whole(viewer) for viewer in VIEWERS))


@pytest.mark.parametrize("refusal", REFUSALS)
async def test_r7_a_server_that_refuses_everything_costs_no_page_anything(proxy: FaultProxy, refusal: str) -> None:
    async with process_at(proxy.url) as process:
        proxy.say(refusal.encode())
        await all_whole(process)
        proxy.mend()
        await found_again(process)


async def test_r7_a_master_that_dies_is_replaced_by_its_sentinels_and_no_page_is_less_than_whole() -> None:
    async with running_sentinels() as trio:
        await cached_for_all(trio.url, WARM)
        async with process_at(trio.url) as process:
            await process.whole("1")
            await trio.master.kill()
            await all_whole(process)
            await found_again(process)
            await process.whole("20")
        assert await found_by_another(trio.url, "20") == {"CACHED"}


async def test_r7_a_node_of_a_cluster_that_dies_is_replaced_and_no_page_is_less_than_whole() -> None:
    async with running_cluster() as cluster:
        await cached_for_all(cluster.url, [*WARM, *VIEWERS])
        async with process_at(cluster.url) as process:
            await all_whole(process)
            await cluster.primaries[0].kill()
            await all_whole(process)
            await found_again(process)
