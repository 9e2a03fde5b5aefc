"""How many connections there are, how long anything takes, and what is left."""

import asyncio
from pathlib import Path

import pytest

from bff.cache.redis.node import ANSWERS_WITHIN, MOST_CONNECTIONS
from bff.cache.redis.store import RedisShared
from tests.cache.redis.using import at, fill, store_at
from tests.servers.certificate import certified
from tests.servers.fault_proxy import fault_proxy
from tests.servers.valkey_server import running_server

A_MOMENT = 0.3
"""Seconds that a busy machine may take besides."""


async def test_a_batch_is_one_command_however_many_viewers_there_are() -> None:
    async with running_server() as server, fault_proxy(server.url) as proxy, store_at(proxy.url) as store:
        await store.get_many([at(str(viewer), key) for viewer in range(20) for key in range(5)])

        assert (proxy.commands, proxy.connections) == (1, 1)


async def test_many_at_once_share_a_bounded_number_of_connections() -> None:
    async with running_server() as server, fault_proxy(server.url) as proxy, store_at(proxy.url) as store:
        await fill(store, {at("1"): b"1"})

        found = await asyncio.gather(*(store.get_many([at("1")]) for _ in range(500)))

        assert found == [[b"1"]] * 500
        assert 1 < proxy.connections <= MOST_CONNECTIONS
        await asyncio.gather(*(store.get_many([at("1")]) for _ in range(500)))
        assert proxy.connections <= MOST_CONNECTIONS


async def test_closing_leaves_no_connection_even_of_what_is_under_way() -> None:
    async with running_server() as server, fault_proxy(server.url) as proxy:
        async with store_at(proxy.url) as store:
            await fill(store, {at("1"): b"1"})
            proxy.slow(0.05)
            under_way = asyncio.create_task(store.get_many([at("1")]))
            await asyncio.sleep(0.02)

        assert await under_way == [b"1"]
        async with asyncio.timeout(1):
            while proxy.open:  # noqa: ASYNC110 - the other side of a socket
                await asyncio.sleep(0.01)


async def test_r2_a_connection_that_the_server_closed_meanwhile_is_replaced_unseen() -> None:
    async with running_server() as server, fault_proxy(server.url) as proxy, store_at(proxy.url) as store:
        await fill(store, {at("1"): b"1"})
        proxy.cut()
        await asyncio.sleep(0.01)

        assert await store.get_many([at("1")]) == [b"1"]


@pytest.mark.serial
async def test_trap_9_a_black_hole_costs_one_timeout_no_retries_and_no_connection_afterwards() -> None:
    async with running_server() as server, fault_proxy(server.url) as proxy, store_at(proxy.url) as store:
        await store.get_many([at("1")])
        for _ in range(2):  # on a connection that there was, and on a new one
            proxy.black_hole()
            started = asyncio.get_running_loop().time()
            with pytest.raises(TimeoutError):
                await store.get_many([at("1")])
            assert asyncio.get_running_loop().time() - started < ANSWERS_WITHIN + A_MOMENT

        proxy.mend()
        assert await store.get_many([at("1")]) == [None]


async def test_over_tls_the_certificate_is_checked_against_the_authority_that_is_named(tmp_path: Path) -> None:
    authority = tmp_path / "authority.pem"
    tls = certified("localhost", authority)
    async with running_server() as server, fault_proxy(server.url, tls) as proxy:
        url = f"rediss://localhost:{proxy.port}"
        async with store_at(f"{url}?ssl_ca_certs={authority}") as store:
            await asyncio.gather(*(fill(store, {at("1", key): b"1"}) for key in range(3)))
            assert await store.get_many([at("1", 1)]) == [b"1"]
        async with store_at(url) as store:
            with pytest.raises(Exception, match="certificate verify failed") as refused:
                await store.get_many([at("1")])
            assert store.at_fault(refused.value)


def test_a_certificate_file_that_is_not_there_is_an_error_that_names_it() -> None:
    with pytest.raises(ValueError, match=r"ssl_ca_certs: the file '/nowhere\.pem' is not there"):
        RedisShared.at("rediss://127.0.0.1:1?ssl_ca_certs=/nowhere.pem")
