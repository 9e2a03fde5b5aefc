"""Forgetting a viewer, over one server and over a cluster."""

from bff.cache.address import root
from bff.cache.redis.keys import generation_of
from bff.cache.redis.store import GENERATION_KEEPS, RedisShared
from tests.cache.redis.conftest import Behind
from tests.cache.redis.using import at, fill, store_at


async def test_forgetting_a_viewer_hides_everything_of_one_viewer_and_of_no_other(
    store: RedisShared, behind: Behind, viewer: str
) -> None:
    await fill(store, {at(viewer, 1): b"1", at(viewer, 2): b"2", at("another " + viewer): b"3"})
    async with store_at(behind.url) as other:
        await other.forget_viewer(viewer)

    assert await store.get_many([at(viewer, 1), at(viewer, 2), at("another " + viewer)]) == [None, None, b"3"]
    taken = await store.take([at(viewer, 1), at(viewer, 2)])
    assert [each.value for each in taken] == [None, None]


async def test_what_is_filled_after_a_viewer_was_forgotten_is_kept(store: RedisShared, viewer: str) -> None:
    await fill(store, {at(viewer): b"old"})
    await store.forget_viewer(viewer)

    await fill(store, {at(viewer): b"new"})

    assert await store.get_many([at(viewer)]) == [b"new"]


async def test_a_generation_that_was_evicted_brings_nothing_forgotten_back(
    store: RedisShared, behind: Behind, viewer: str
) -> None:
    await fill(store, {at(viewer, 1): b"old", at(viewer, 2): b"old"})
    await behind.ask(root(viewer), "DEL", generation_of(root(viewer)))

    await fill(store, {at(viewer, 1): b"new"})

    assert await store.get_many([at(viewer, 1), at(viewer, 2)]) == [b"new", None]


async def test_a_generation_outlives_every_value(store: RedisShared, behind: Behind, viewer: str) -> None:
    async def left(key: str) -> float:
        return float(await behind.ask(key, "PTTL", key)) / 1000

    await fill(store, {at(viewer, "short"): b"1"}, ttl=60)
    assert GENERATION_KEEPS - 10 < await left(generation_of(root(viewer))) <= GENERATION_KEEPS

    await fill(store, {at(viewer, "long"): b"1"}, ttl=86_400)
    assert await left(generation_of(root(viewer))) > await left(at(viewer, "long")) > 86_000


async def test_a_generation_is_prolonged_only_when_a_value_would_outlive_it(
    store: RedisShared, behind: Behind, viewer: str
) -> None:
    await fill(store, {at(viewer, 1): b"1"}, ttl=60)
    await behind.ask(root(viewer), "EXPIRE", generation_of(root(viewer)), 100)
    await fill(store, {at(viewer, 2): b"1"}, ttl=60)
    assert await behind.ask(root(viewer), "TTL", generation_of(root(viewer))) <= 100

    await behind.ask(root(viewer), "EXPIRE", generation_of(root(viewer)), 50)
    await fill(store, {at(viewer, 3): b"1"}, ttl=60)
    assert await behind.ask(root(viewer), "TTL", generation_of(root(viewer))) > 100
