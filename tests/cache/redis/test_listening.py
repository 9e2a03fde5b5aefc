"""Hearing what changes, from one server and from a cluster."""

import asyncio
from contextlib import ExitStack

import pytest

from bff.cache.redis.keys import CHANNEL
from bff.cache.redis.store import RedisShared
from bff.cache.shared import Fill
from tests.cache.redis.conftest import Behind
from tests.cache.redis.using import Heard, at, fill, hearing, leased, store_at
from tests.servers.cluster import NODE_TIMEOUT, running_cluster
from tests.servers.fault_proxy import fault_proxy
from tests.servers.valkey_server import running_server


async def test_what_others_and_we_forget_is_heard_within_a_second(
    store: RedisShared, behind: Behind, viewer: str
) -> None:
    async with store_at(behind.url) as other, hearing(store) as (heard, _):
        await other.forget([at(viewer, {"id": 1})])
        await heard.until(lambda: at(viewer, {"id": 1}) in heard.addresses)
        await store.forget([at(viewer, 2), at("another " + viewer)])
        await heard.until(lambda: {at(viewer, 2), at("another " + viewer)} <= {*heard.addresses})
        await other.forget_viewer(viewer)
        await heard.until(lambda: viewer in heard.viewers)

    assert heard.all == 0


async def test_a_viewer_of_any_name_is_heard_of_by_this_name(store: RedisShared) -> None:
    async with hearing(store) as (heard, _):
        for viewer in ("7", "a}b{c:", "ü/%7D", " "):
            await store.forget_viewer(viewer)
            await heard.until(lambda: heard.viewers[-1:] == [viewer])  # noqa: B023 - waited for at once


async def test_what_is_said_and_can_not_be_read_may_mean_anything(
    store: RedisShared, behind: Behind, viewer: str
) -> None:
    async with hearing(store) as (heard, _):
        await behind.ask(at(viewer), "PUBLISH", CHANNEL, b"\x80")
        await heard.until(lambda: heard.all)


async def test_names_that_are_not_ours_are_ignored(store: RedisShared, behind: Behind, viewer: str) -> None:
    async with hearing(store) as (heard, _):
        await behind.ask(at(viewer), "PUBLISH", CHANNEL, b'["", "bff:1:", "bff:1:{"]')
        await store.forget([at(viewer)])
        await heard.until(lambda: at(viewer) in heard.addresses)

    assert (heard.viewers, heard.all) == ([], 0)


async def test_whoever_stops_listening_leaves_no_connection_and_no_task(behind: Behind, store: RedisShared) -> None:
    before = asyncio.all_tasks()
    async with hearing(store):
        assert len(asyncio.all_tasks()) > len(before)
    await asyncio.sleep(0)

    assert asyncio.all_tasks() == before


async def test_a_connection_that_breaks_raises(behind: Behind, store: RedisShared, viewer: str) -> None:
    async with hearing(store) as (_, listening):
        for shard in range(10):
            await behind.ask(at(f"{viewer} {shard}"), "CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
            await behind.ask(at(f"{viewer} {shard}"), "CLIENT", "KILL", "TYPE", "pubsub", "SKIPME", "yes")
        async with asyncio.timeout(1):
            with pytest.raises(Exception, match=r"(?i)closed|reset"):
                await listening


async def test_one_server_tells_of_fills_of_expiry_of_a_flush_and_of_what_anybody_deletes() -> None:
    async with running_server() as server, store_at(server.url) as store, hearing(store) as (heard, _):
        await fill(store, {at("1"): b"1"}, ttl=0.1)
        await heard.until(lambda: heard.addresses == [at("1")])
        await heard.until(lambda: heard.addresses == [at("1")] * 2)  # its time is up
        assert heard.viewers == []

        await fill(store, {at("1"): b"1"})
        await heard.until(lambda: heard.addresses == [at("1")] * 3)
        await server.ask("DEL", at("1"))
        await heard.until(lambda: heard.addresses == [at("1")] * 4)
        assert heard.all == 0
        await server.ask("FLUSHALL")
        await heard.until(lambda: heard.all)


async def test_leases_are_heard_by_nobody() -> None:
    async with running_server() as server, store_at(server.url) as store:
        await fill(store, {at("1"): b"1"})
        async with hearing(store) as (heard, _):
            [lease] = await leased(store, at("1"))
            await store.write([Fill(lease, b"2", 60)])
            await heard.until(lambda: heard.addresses)
            await asyncio.sleep(0.05)

    assert (heard.addresses, heard.viewers) == ([at("1")], [])


async def test_a_server_that_does_not_track_still_tells_what_is_forgotten() -> None:
    async with running_server() as server:
        await server.ask("ACL", "SETUSER", "default", "-client|tracking")
        async with store_at(server.url) as store, hearing(store) as (heard, _):
            await store.forget([at("1")])
            await heard.until(lambda: heard.addresses == [at("1")])


async def test_whoever_may_not_subscribe_does_not_listen() -> None:
    async with running_server() as server, store_at(server.url) as store:
        await server.ask("ACL", "SETUSER", "default", "resetchannels")
        heard = Heard()
        with pytest.raises(Exception, match=r"(?i)permission"):
            await store.listen(heard)

    assert heard.times == 0


@pytest.mark.serial
async def test_a_connection_that_falls_silent_is_noticed_within_a_second() -> None:
    async with (
        running_server() as server,
        fault_proxy(server.url) as proxy,
        store_at(proxy.url) as store,
        hearing(store) as (_, listening),
    ):
        await asyncio.sleep(0.3)
        assert not listening.done()
        proxy.black_hole()
        async with asyncio.timeout(1):
            with pytest.raises(ConnectionError, match="fallen silent"):
                await listening


@pytest.mark.serial
async def test_a_node_that_is_cut_off_from_its_cluster_is_no_longer_listened_to() -> None:
    async with running_cluster() as cluster, store_at(cluster.url) as store, hearing(store) as (_, listening):
        with ExitStack() as others:
            for server in (*cluster.primaries, *cluster.replicas):
                if b" sub=1" not in await server.ask("CLIENT", "LIST"):
                    others.enter_context(server.paused())
            async with asyncio.timeout(4 * NODE_TIMEOUT / 1_000):
                with pytest.raises(ConnectionError, match="cut off"):
                    await listening
