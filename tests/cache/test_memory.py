"""The store in process."""

import asyncio

import pytest

from bff.cache.memory import OVERHEAD, MemoryStore

pytestmark = pytest.mark.virtual_time


async def test_values_come_back_in_the_order_asked_for_and_none_where_there_is_none() -> None:
    store = MemoryStore()
    await store.set_many({"a": b"1", "b": b"2"}, ttl=60)

    assert await store.get_many(["b", "nope", "a"]) == [b"2", None, b"1"]


async def test_a_value_is_gone_after_its_time_to_live() -> None:
    store = MemoryStore()
    await store.set_many({"a": b"1"}, ttl=60)

    await asyncio.sleep(59.9)
    assert await store.get_many(["a"]) == [b"1"]
    await asyncio.sleep(0.2)
    assert await store.get_many(["a"]) == [None]


async def test_it_never_holds_more_bytes_than_it_may_and_drops_what_was_used_longest_ago() -> None:
    room_for_two = 2 * (1 + 100 + OVERHEAD)
    store = MemoryStore(max_bytes=room_for_two)
    value = b"x" * 100
    await store.set_many({"a": value, "b": value}, ttl=60)
    await store.get_many(["a"])

    await store.set_many({"c": value}, ttl=60)

    assert await store.get_many(["a", "b", "c"]) == [value, None, value]


async def test_a_value_larger_than_the_store_is_not_kept() -> None:
    store = MemoryStore(max_bytes=1_000)
    await store.set_many({"a": b"x" * 10_000}, ttl=60)

    assert await store.get_many(["a"]) == [None]


async def test_overwriting_counts_a_value_once() -> None:
    store = MemoryStore(max_bytes=1_000)
    for _ in range(100):
        await store.set_many({"a": b"x" * 500}, ttl=60)
    await store.set_many({"b": b"y"}, ttl=60)

    assert await store.get_many(["a", "b"]) == [b"x" * 500, b"y"]
