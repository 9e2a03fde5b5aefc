"""The store in Redis or Valkey: a real server on a unix socket, and servers that misbehave."""

import asyncio
import os
import signal
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import redis.asyncio

from bff.cache.redis import SOCKET_TIMEOUT, RedisStore
from tests.valkey import running_valkey


@asynccontextmanager
async def store_at(url: str) -> AsyncIterator[RedisStore]:
    store = RedisStore(url)
    try:
        yield store
    finally:
        await store.close()


async def test_values_come_back_in_the_order_asked_for_and_none_where_there_is_none() -> None:
    async with running_valkey() as valkey, store_at(valkey.url) as store:
        await store.set_many({"a": b"1", "b": b"\x00\xff"}, ttl=60)

        assert await store.get_many(["b", "nope", "a"]) == [b"\x00\xff", None, b"1"]


async def test_values_have_a_time_to_live() -> None:
    async with running_valkey() as valkey, store_at(valkey.url) as store, redis.asyncio.from_url(valkey.url) as client:
        await store.set_many({"a": b"1"}, ttl=60)

        assert 59_000 < await client.pttl("a") <= 60_000


async def test_r5_a_value_of_another_type_under_our_key_is_a_miss_and_overwritten() -> None:
    async with running_valkey() as valkey, store_at(valkey.url) as store, redis.asyncio.from_url(valkey.url) as client:
        await client.lpush("a", "not ours")

        assert await store.get_many(["a"]) == [None]
        await store.set_many({"a": b"ours"}, ttl=60)
        assert await store.get_many(["a"]) == [b"ours"]


async def test_r4_a_full_server_refuses_writes_and_still_answers_reads() -> None:
    async with running_valkey(max_memory="3mb", eviction="noeviction") as valkey, store_at(valkey.url) as store:
        await store.set_many({"kept": b"1"}, ttl=60)
        with pytest.raises(redis.exceptions.OutOfMemoryError):
            await _fill(store)

        assert await store.get_many(["kept"]) == [b"1"]


async def _fill(store: RedisStore) -> None:
    for number in range(1_000):
        await store.set_many({f"filler {number}": b"x" * 100_000}, ttl=60)


async def test_r2_a_server_that_dies_raises_at_once_and_its_successor_is_used_without_a_restart() -> None:
    with tempfile.TemporaryDirectory(prefix="bff-", dir="/tmp") as directory:
        socket = Path(directory) / "cache.sock"
        async with store_at(f"unix://{socket}") as store:
            for _ in range(2):
                async with running_valkey() as valkey:
                    socket.unlink(missing_ok=True)
                    socket.symlink_to(valkey.url.removeprefix("unix://"))
                    await store.set_many({"a": b"1"}, ttl=60)
                    assert await store.get_many(["a"]) == [b"1"]
                with pytest.raises(redis.exceptions.ConnectionError):
                    await store.get_many(["a"])


@pytest.mark.serial
async def test_trap_9_a_black_hole_costs_one_socket_timeout_and_no_retries() -> None:
    async with running_valkey() as valkey, store_at(valkey.url) as store:
        await store.get_many(["a"])
        os.kill(valkey.child.pid, signal.SIGSTOP)
        try:
            started = asyncio.get_running_loop().time()
            with pytest.raises(redis.exceptions.TimeoutError):
                await store.get_many(["a"])
            took = asyncio.get_running_loop().time() - started
        finally:
            os.kill(valkey.child.pid, signal.SIGCONT)

    assert took < 2 * SOCKET_TIMEOUT


async def test_r8_a_command_that_is_cancelled_leaves_no_reply_for_the_next_one() -> None:
    async with running_valkey() as valkey, store_at(valkey.url) as store:
        users = {f"user {number}": f"secret of {number}".encode() for number in range(200)}
        await store.set_many(users, ttl=60)

        async def read(user: str, patience: float) -> None:
            try:
                async with asyncio.timeout(patience):
                    assert await store.get_many([user]) == [users[user]]
            except (TimeoutError, redis.exceptions.ConnectionError):
                pass

        for round_ in range(10):
            await asyncio.gather(*(read(user, 0.0002 * (place % 25)) for place, user in enumerate(users)))
            assert await store.get_many([f"user {round_}"]) == [users[f"user {round_}"]]
