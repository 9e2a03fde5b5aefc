"""R7: a master that Sentinels watch, and what they say when it is gone."""

import asyncio

import pytest

from bff.cache.redis.urls import RedisUrl
from tests.cache.redis.using import at, fill, hearing, leased, store_at, works_again
from tests.servers.fault_proxy import fault_proxy
from tests.servers.sentinels import MASTER, running_sentinels
from tests.servers.valkey_server import running_server


@pytest.mark.serial
async def test_r7_a_master_that_dies_is_followed_by_its_replica_and_what_was_there_is_there() -> None:
    async with running_sentinels() as run, store_at(run.url) as store, hearing(store) as (_, listening):
        await fill(store, {at("1"): b"1"})
        await run.master.ask("WAIT", 1, 1_000)
        await run.master.kill()

        with pytest.raises(Exception) as refused:  # noqa: PT011 - asked below
            await store.get_many([at("1")])
        assert store.at_fault(refused.value)
        with pytest.raises(Exception, match=r"closed|reset|Connection"):
            await listening

        assert await works_again(lambda: store.take([at("1")]))
        assert await store.get_many([at("1")]) == [b"1"]
        assert (await run.replica.info("replication"))["role"] == "master"
        async with hearing(store) as (again, _):
            await store.forget([at("1")])
            await again.until(lambda: at("1") in again.addresses)


@pytest.mark.serial
async def test_r7_a_master_that_falls_silent_is_followed_too() -> None:
    async with running_sentinels() as run, store_at(run.url) as store:
        await fill(store, {at("1"): b"1"})
        await run.master.ask("WAIT", 1, 1_000)
        with run.master.paused():
            assert await works_again(lambda: store.take([at("1")]))
            assert await store.get_many([at("1")]) == [b"1"]


async def test_r7_a_switch_while_both_live_loses_nothing() -> None:
    async with running_sentinels() as run, store_at(run.url) as store:
        await fill(store, {at("1"): b"1"})
        await run.master.ask("WAIT", 1, 1_000)
        await works_again(lambda: run.sentinels[0].ask("SENTINEL", "FAILOVER", MASTER))  # once it knows the replica
        while (await works_again(lambda: run.replica.info("replication")))["role"] != "master":
            await asyncio.gather(store.get_many([at("1")]), return_exceptions=True)

        await works_again(lambda: leased(store, at("another")))
        assert await store.get_many([at("1")]) == [b"1"]


async def test_a_sentinel_that_is_down_silent_or_out_of_date_keeps_nobody_from_asking_the_others() -> None:
    async with running_sentinels() as run, running_server() as elsewhere, fault_proxy(run.sentinels[0].url) as silent:
        silent.black_hole()
        dead, replica = 1, run.replica.port
        await elsewhere.ask("REPLICAOF", "127.0.0.1", replica)
        async with fault_proxy(elsewhere.url) as stale:
            stale.say(b"*2\r\n$9\r\n127.0.0.1\r\n$%d\r\n%d" % (len(str(elsewhere.port)), elsewhere.port))
            hosts = ",".join(f"127.0.0.1:{port}" for port in (dead, silent.port, stale.port, run.sentinels[1].port))
            async with store_at(f"redis+sentinel://{hosts}/{MASTER}") as store:
                await fill(store, {at("1"): b"1"})
                assert await store.get_many([at("1")]) == [b"1"]


async def test_a_master_that_no_sentinel_knows_is_an_error_that_says_so() -> None:
    async with running_sentinels() as run, store_at(run.url.replace(MASTER, "another")) as store:
        with pytest.raises(ConnectionError, match="a Sentinel knows no master 'another'") as refused:
            await store.get_many([at("1")])
        assert store.at_fault(refused.value)


async def test_a_password_is_for_the_master_and_for_sentinels_that_ask_for_one() -> None:
    async with running_sentinels() as run:
        for server in (run.master, run.replica):
            await server.ask("CONFIG", "SET", "masterauth", "word")
            await server.ask("CONFIG", "SET", "requirepass", "word")
        for sentinel in run.sentinels:
            await sentinel.ask("SENTINEL", "SET", MASTER, "auth-pass", "word")
        await run.sentinels[1].ask("ACL", "SETUSER", "default", "resetpass", ">word")

        for sentinel in run.sentinels[:2]:
            url = f"redis+sentinel://:word@127.0.0.1:{sentinel.port}/{MASTER}/2"
            assert RedisUrl.parse(url).access.db == 2
            async with store_at(url) as store:
                await fill(store, {at("1", sentinel.port): b"1"})
                assert await store.get_many([at("1", sentinel.port)]) == [b"1"]
