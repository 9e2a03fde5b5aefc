"""Values over one server and over a cluster."""

import pickle
import zlib
from typing import Final

import pytest

from bff.cache.envelope import GENERATION, LARGEST, seal
from bff.cache.redis.store import RedisShared
from bff.cache.shared import Fill
from tests.cache.redis.conftest import Behind
from tests.cache.redis.using import at, fill, leased

GOOD: Final = b"good"


async def test_values_come_back_in_the_order_asked_for_and_none_where_there_is_none(
    store: RedisShared, viewer: str
) -> None:
    await fill(store, {at(viewer, 1): b"1", at(viewer, 2): b"\x00\xff\r\n", at("another " + viewer): b""})

    found = await store.get_many([at(viewer, 2), at(viewer, 3), at("another " + viewer), at(viewer, 1), at(viewer, 2)])

    assert found == [b"\x00\xff\r\n", None, b"", b"1", b"\x00\xff\r\n"]


async def test_nothing_is_asked_for_nothing(store: RedisShared) -> None:
    assert (await store.get_many([]), await store.take([]), await store.write([])) == ([], [], 0)
    await store.forget([])


async def test_values_have_a_time_to_live(store: RedisShared, behind: Behind, viewer: str) -> None:
    await fill(store, {at(viewer): b"1"}, ttl=60)

    assert 59_000 < await behind.ask(at(viewer), "PTTL", at(viewer)) <= 60_000


async def test_a_value_that_is_forgotten_is_gone_and_others_are_not(store: RedisShared, viewer: str) -> None:
    await fill(store, {at(viewer, 1): b"1", at(viewer, 2): b"2", at("another " + viewer): b"3"})

    await store.forget([at(viewer, 1), at("another " + viewer), at(viewer, "never there")])

    assert await store.get_many([at(viewer, 1), at(viewer, 2), at("another " + viewer)]) == [None, b"2", None]


async def test_a_value_that_is_too_large_is_not_kept_lets_go_of_its_lease_and_others_are_kept(
    store: RedisShared, viewer: str
) -> None:
    large, small = await leased(store, at(viewer, "large"), at(viewer, "small"))

    assert await store.write([Fill(large, bytes(LARGEST + 1), 60), Fill(small, b"1", 60)]) == 1

    assert await store.get_many([at(viewer, "large"), at(viewer, "small")]) == [None, b"1"]
    await leased(store, at(viewer, "large"))


@pytest.mark.parametrize("size", [LARGEST, 5_000, 1])
async def test_the_largest_value_comes_back_whole(store: RedisShared, viewer: str, size: int) -> None:
    await fill(store, {at(viewer): bytes(range(256)) * (size // 256) + bytes(size % 256)})

    [found] = await store.get_many([at(viewer)])

    assert found is not None
    assert len(found) == size


async def test_r5_a_value_of_another_type_under_our_key_is_a_miss_and_overwritten(
    store: RedisShared, behind: Behind, viewer: str
) -> None:
    await fill(store, {at(viewer): b"old"})
    await behind.ask(at(viewer), "DEL", at(viewer))
    await behind.ask(at(viewer), "LPUSH", at(viewer), "not ours")

    assert await store.get_many([at(viewer)]) == [None]
    [taken] = await store.take([at(viewer)])
    assert taken.value is None
    assert taken.lease is not None
    assert await store.write([Fill(taken.lease, GOOD, 60)]) == 1
    assert await store.get_many([at(viewer)]) == [GOOD]


PACKED_AT: Final = 1 + 8 + GENERATION
BOMB: Final = zlib.compress(bytes(100_000_000), level=9)


@pytest.mark.parametrize(
    "planted",
    [
        lambda whole: b"",
        lambda whole: whole[:5],
        lambda whole: whole[:-1],
        lambda whole: whole[:-1] + bytes([whole[-1] ^ 1]),
        lambda whole: b"\x00" + whole[1:],
        lambda whole: whole[:PACKED_AT] + b"\x01" + BOMB,
        lambda whole: whole[:PACKED_AT] + b"\x00" + bytes(LARGEST + 1),
        pickle.dumps,
    ],
    ids=["empty", "no header", "cut off", "a bit flipped", "another format", "zip bomb", "oversized", "a pickle"],
)
async def test_r6_what_is_broken_is_a_miss_and_overwritten(
    store: RedisShared, behind: Behind, viewer: str, planted: object
) -> None:
    value = bytes(10_000)
    await fill(store, {at(viewer): value})
    whole = await behind.ask(at(viewer), "GET", at(viewer))
    assert callable(planted)
    await behind.ask(at(viewer), "SET", at(viewer), planted(whole))

    assert await store.get_many([at(viewer)]) == [None]
    await fill(store, {at(viewer): GOOD})
    assert await store.get_many([at(viewer)]) == [GOOD]


async def test_r10_a_value_that_was_sealed_for_another_address_is_a_miss(
    store: RedisShared, behind: Behind, viewer: str
) -> None:
    await fill(store, {at(viewer, 1): b"secret of 1", at(viewer, 2): b"2"})
    await behind.ask(at(viewer), "SET", at(viewer, 2), await behind.ask(at(viewer), "GET", at(viewer, 1)))

    assert await store.get_many([at(viewer, 2)]) == [None]


async def test_r10_a_value_that_was_sealed_in_another_generation_is_a_miss(
    store: RedisShared, behind: Behind, viewer: str
) -> None:
    await fill(store, {at(viewer): b"1"})
    await behind.ask(at(viewer), "SET", at(viewer), seal(at(viewer), bytes(GENERATION), b"older"))

    assert await store.get_many([at(viewer)]) == [None]
