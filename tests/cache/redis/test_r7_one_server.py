"""R7, R4: one server that refuses. Nothing is ever mistaken for a value, and all is well again when it ends."""

from collections.abc import Awaitable, Callable

import pytest
import redis.exceptions

from bff.cache.redis.store import RedisShared
from bff.cache.shared import Fill
from tests.cache.redis.using import at, fill, leased, store_at, works_again
from tests.servers.fault_proxy import fault_proxy
from tests.servers.valkey_server import Server, running_server

Work = Callable[[RedisShared], Awaitable[object]]
READ: Work = lambda store: store.get_many([at("1")])  # noqa: E731 - a table of them
LEASE: Work = lambda store: store.take([at("1")])  # noqa: E731
FORGET: Work = lambda store: store.forget([at("1")])  # noqa: E731


async def _refused(store: RedisShared, *works: Work) -> list[Exception]:
    errors = []
    for work in works:
        with pytest.raises(Exception) as refused:  # noqa: PT011 - which one is for the caller to say
            await work(store)
        errors.append(refused.value)
    return errors


async def _is_well_again(store: RedisShared) -> None:
    assert await works_again(lambda: store.get_many([at("1")])) == [b"1"]
    await fill(store, {at("2"): b"2"})


async def test_r4_a_full_server_refuses_leases_and_fills_and_still_answers_reads() -> None:
    async with running_server({"maxmemory-policy": "noeviction"}) as server, store_at(server.url) as store:
        await fill(store, {at("1"): b"1"})
        [lease] = await leased(store, at("2"))
        await server.ask("CONFIG", "SET", "maxmemory", 1)

        errors = await _refused(store, LEASE, lambda store: store.write([Fill(lease, b"2", 60)]))

        assert [store.at_fault(error) for error in errors] == [False, False]
        assert await store.get_many([at("1")]) == [b"1"]
        await store.forget([at("1")])
        assert await store.get_many([at("1")]) == [None]


async def test_r4_one_change_that_is_refused_does_not_keep_others_from_being_made() -> None:
    async with running_server({"maxmemory-policy": "noeviction"}) as server, store_at(server.url) as store:
        one, two = await leased(store, at("1"), at("2"))
        async with fault_proxy(server.url) as proxy, store_at(proxy.url) as other:
            await server.ask("ACL", "SETUSER", "default", "resetkeys", "~bff:*{1}*")

            with pytest.raises(redis.exceptions.RedisError):
                await other.write([Fill(two, b"2", 60), Fill(one, b"1", 60)])

            await server.ask("ACL", "SETUSER", "default", "allkeys")
            assert await other.get_many([at("1"), at("2")]) == [b"1", None]


async def test_r7_a_demoted_server_refuses_leases_and_is_left_for_whoever_has_its_name_now() -> None:
    async with running_server() as server, fault_proxy(server.url) as proxy, store_at(proxy.url) as store:
        await fill(store, {at("1"): b"1"})
        await server.ask("REPLICAOF", "127.0.0.1", 1)

        [error] = await _refused(store, LEASE)

        assert store.at_fault(error)
        before = proxy.connections
        await server.ask("REPLICAOF", "NO", "ONE")
        await _is_well_again(store)
        assert proxy.connections == before + 1


async def test_r7_loading_is_the_servers_fault() -> None:
    async with running_server() as server, fault_proxy(server.url) as proxy, store_at(proxy.url) as store:
        await fill(store, {at("1"): b"1"})
        proxy.say(b"-LOADING Valkey is loading the dataset in memory")

        errors = await _refused(store, READ, LEASE, FORGET)

        assert all(isinstance(error, redis.exceptions.BusyLoadingError) and store.at_fault(error) for error in errors)
        proxy.mend()
        await _is_well_again(store)


async def test_r7_a_server_busy_with_a_script_refuses_promptly() -> None:
    async with running_server({"busy-reply-threshold": "1"}) as server, store_at(server.url) as store:
        await fill(store, {at("1"): b"1"})
        async with server.busy():
            errors = await _refused(store, READ, LEASE, FORGET)

        assert [store.at_fault(error) for error in errors] == [False] * 3
        await _is_well_again(store)


async def test_r7_a_password_that_is_wanted_or_wrong_is_the_servers_fault_until_it_is_right() -> None:
    async with running_server({"requirepass": "right"}) as server:
        for login in ("", ":wrong@", "nobody:right@"):
            async with store_at(f"redis://{login}127.0.0.1:{server.port}") as store:
                errors = await _refused(store, READ, LEASE)

            assert all(store.at_fault(error) and "right" not in str(error) for error in errors)
        async with store_at(f"redis://:right@127.0.0.1:{server.port}/1") as store:
            await fill(store, {at("1"): b"1"})
            assert await store.get_many([at("1")]) == [b"1"]


async def test_r7_a_server_with_too_many_clients_is_at_fault_until_there_is_room() -> None:
    async with running_server() as server, store_at(server.url) as crowd, store_at(server.url) as store:
        await fill(crowd, {at("1"): b"1"})
        await server.ask("CONFIG", "SET", "maxclients", 1)

        errors = await _refused(store, READ, LEASE)

        assert all(store.at_fault(error) for error in errors)
        await crowd.close()
        await server.ask("CONFIG", "SET", "maxclients", 100)
        await _is_well_again(store)


async def test_r2_a_server_that_dies_is_at_fault_at_once_and_its_successor_is_used() -> None:
    async with running_server() as server:
        port = server.port
        async with store_at(server.url) as store:
            await fill(store, {at("1"): b"1"})
            await server.kill()

            [error] = await _refused(store, READ)

            assert store.at_fault(error)
            async with running_server(port=port) as successor:
                await _filled(successor)
                await _is_well_again(store)


async def _filled(server: Server) -> None:
    async with store_at(server.url) as store:
        await fill(store, {at("1"): b"1"})
