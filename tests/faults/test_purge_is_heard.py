"""What is forgotten of a user, no process serves a second later; nor anything that it may not have heard of."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from bff.cache.redis.store import RedisShared
from bff.events import CacheHeard
from tests.faults.cached_landing import Process, eventually, process_at
from tests.servers.cluster import running_cluster
from tests.servers.fault_proxy import fault_proxy
from tests.servers.valkey_server import running_server

WITHIN = 1.0


@pytest.fixture(scope="module", params=["one server", "a cluster"])
async def url(request: pytest.FixtureRequest) -> AsyncIterator[str]:
    if request.param == "one server":
        async with running_server() as server:
            yield server.url
    else:
        async with running_cluster() as cluster:
            yield cluster.url


async def warm(process: Process, *viewers: str) -> None:
    """Their pages come from the first tier: nothing is asked of the server for them."""
    await eventually(lambda: bool(process.events(CacheHeard)) and process.events(CacheHeard)[-1].whole)
    for viewer in viewers:
        async with asyncio.timeout(WITHIN * 5):
            while await looked_up_far(process, viewer):  # noqa: ASYNC110 - asks
                await asyncio.sleep(0.02)


async def looked_up_far(process: Process, viewer: str) -> bool:
    process.told.clear()
    await process.whole(viewer)
    reads = [event for event in process.told if type(event).__name__ == "CacheRead"]
    return any(event.near < event.hits + event.stale + event.misses for event in reads)  # type: ignore[union-attr]


async def purge(url: str, viewer: str) -> None:
    """As `bff cache purge` does."""
    store = RedisShared.at(url)
    try:
        await store.forget_viewer(viewer)
    finally:
        await store.close()


async def test_a_purge_is_heard_by_every_process_within_a_second_and_costs_no_other_user(url: str) -> None:
    async with process_at(url) as one, process_at(url) as other:
        for process in (one, other):
            await warm(process, "1", "2")
        await purge(url, "1")
        await asyncio.sleep(WITHIN)
        pages = [await process.whole(viewer) for viewer in "12" for process in (one, other)]

    states = [set(page.states().values()) for page in pages]
    assert states[0] == {"LIVE"}
    assert states[1] <= {"LIVE", "CACHED"}  # what `one` has just fetched
    assert states[2:] == [{"CACHED"}] * 2
    assert min(row["fetchedAt"] for row in pages[1].rows) > max(row["fetchedAt"] for row in pages[2].rows)


async def test_after_a_silent_break_nothing_is_served_that_was_forgotten_meanwhile() -> None:
    async with running_server() as server, fault_proxy(server.url) as proxy, process_at(proxy.url) as deaf:
        await warm(deaf, "1")
        proxy.black_hole()
        await purge(server.url, "1")
        await eventually(lambda: any(not event.whole for event in deaf.events(CacheHeard)), within=WITHIN)
        page = await deaf.whole("1")

    assert set(page.states().values()) == {"LIVE"}
