"""Why something is not in the cache: what is evicted early calls for memory, what has expired for a longer TTL."""

import asyncio
from dataclasses import replace

import pytest

from bff.cache.filled import Filled
from bff.events import CacheEvicted, CacheFilled, CacheRead
from tests.cache.bench import TERMS, Bench, at
from tests.cache.shared_in_memory import ServerGone, SharedInMemory

pytestmark = pytest.mark.virtual_time

SHORT = replace(TERMS, stale=0)


def why(bench: Bench) -> tuple[int, int, int, int]:
    """Misses of the last look, and how many of them were expired, evicted and unread."""
    read = bench.events(CacheRead)[-1]
    return read.misses, read.expired, read.evicted, read.unread


async def filled(server: SharedInMemory, key: str = "a") -> Bench:
    """A process without a first tier that has filled one value."""
    bench = Bench(server, max_bytes=0)
    await bench.answer(at(key), terms=SHORT)
    await asyncio.sleep(1)
    return bench


async def test_what_nobody_ever_filled_is_only_missing() -> None:
    bench = Bench(SharedInMemory())
    await bench.answer(at("a"))
    assert why(bench) == (1, 0, 0, 0)


async def test_what_this_process_filled_and_is_gone_before_its_time_was_evicted() -> None:
    server = SharedInMemory()
    bench = await filled(server)
    del server.values[at("a")]
    await bench.answer(at("a"), terms=SHORT)
    assert why(bench) == (1, 0, 1, 0)


async def test_what_is_gone_after_its_time_has_expired() -> None:
    bench = await filled(SharedInMemory())
    await asyncio.sleep(61)
    await bench.answer(at("a"), terms=SHORT)
    assert why(bench) == (1, 1, 0, 0)


async def test_what_was_forgotten_on_purpose_was_not_evicted() -> None:
    one, all_of_the_viewer = await filled(SharedInMemory()), await filled(SharedInMemory())
    await one.cache.forget([at("a")])
    await all_of_the_viewer.cache.forget_viewer("1")
    for bench in (one, all_of_the_viewer):
        await bench.answer(at("a"), terms=SHORT)
        assert why(bench) == (1, 0, 0, 0)


async def test_what_a_server_in_trouble_does_not_tell_is_unread() -> None:
    server = SharedInMemory()
    bench = await filled(server)
    server.error = ServerGone()
    await bench.answer(at("a"), terms=SHORT)
    assert why(bench) == (1, 0, 0, 1)


async def test_a_fill_is_told_with_its_size_and_a_hit_with_its_age() -> None:
    bench = await filled(SharedInMemory())
    await asyncio.sleep(9)
    await bench.answer(at("a"), terms=SHORT)
    [fill] = bench.events(CacheFilled)
    assert (fill.source, fill.call, fill.values) == ("s", "c", 1)
    assert fill.bytes > len(f"value of {at('a')}")
    assert bench.events(CacheRead)[-1].ages == pytest.approx((10.0,))


async def test_what_the_first_tier_has_no_room_for_any_more_is_told() -> None:
    bench = Bench(max_bytes=1_200)
    for key in "abcd":
        await bench.answer(at(key))
    assert sum(event.values for event in bench.events(CacheEvicted)) == 2


def test_only_so_many_fills_are_remembered_the_newest() -> None:
    filled = Filled(most=2)
    for key in "abc":
        filled.keep(at(key), 60)
    assert len(filled) == 2
    assert filled.missed([at("a"), at("c")], 0).evicted == 1
