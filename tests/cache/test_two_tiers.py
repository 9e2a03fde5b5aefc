"""Two processes with one shared store: what is looked up where, what is believed, what is heard."""

import asyncio

import pytest

from bff.cache.patience import CACHE_DEADLINE, Patience
from bff.errors import SectionState, UpstreamFailed
from bff.events import CacheDropped, CacheFailed, CacheHeard, CacheRead
from bff.resilience.deadline import Deadline
from tests.cache.bench import Bench, at, with_terms
from tests.cache.shared_in_memory import Refused, ServerGone, SharedInMemory

pytestmark = pytest.mark.virtual_time

CACHED, LIVE, STALE = SectionState.CACHED, SectionState.LIVE, SectionState.STALE


async def listening(shared: SharedInMemory, *others: Bench) -> list[Bench]:
    """Processes that hear what is changed."""
    benches = list(others) or [Bench(shared), Bench(shared)]
    for bench in benches:
        await bench.cache.open()
    await asyncio.sleep(1)
    shared.asked.clear()
    return benches


async def settled() -> None:
    """Until what is written in the background has been."""
    await asyncio.sleep(0.2)


def lookups(shared: SharedInMemory) -> list[tuple[str, ...]]:
    return [addresses for operation, addresses in shared.asked if operation == "read"]


async def closed(*benches: Bench) -> None:
    await asyncio.gather(*(bench.cache.close() for bench in benches))


async def test_what_one_process_fetched_another_finds() -> None:
    shared = SharedInMemory()
    one, other = await listening(shared)

    assert (await one.answer(at("a")))[1] is LIVE
    await settled()
    assert (await other.answer(at("a")))[1] is CACHED
    assert other.upstream.asked == []
    await closed(one, other)


async def test_what_was_found_far_away_is_near_the_next_time() -> None:
    shared = SharedInMemory()
    one, other = await listening(shared)
    await one.answer(at("a"))
    await settled()
    await other.answer(at("a"))
    shared.asked.clear()

    assert (await other.answer(at("a")))[1] is CACHED
    assert lookups(shared) == []
    assert [event.near for event in other.events(CacheRead)] == [0, 1]
    await closed(one, other)


async def test_a_batch_is_one_round_trip_and_only_what_is_missing_is_asked_for_and_fetched() -> None:
    shared = SharedInMemory()
    one, other = await listening(shared)
    await one.answer(at("a"))
    await settled()
    await other.answer(at("a"))
    await one.answer(at("b"))
    await settled()
    shared.asked.clear()

    readings = await other.read(at("a"), at("b"), at("c"))
    values = [(await reading.settle(Deadline.after(1))).state for reading in readings]

    assert values == [CACHED, CACHED, LIVE]
    assert lookups(shared) == [(at("b"), at("c"))]
    assert other.upstream.asked == [[at("c")]]
    await closed(one, other)


async def test_lookups_of_one_tick_are_one_round_trip() -> None:
    shared = SharedInMemory()
    [one] = await listening(shared, Bench(shared))

    await asyncio.gather(*(one.read(at(key)) for key in "abc"))

    assert lookups(shared) == [(at("a"), at("b"), at("c"))]
    await closed(one)


async def test_a_younger_value_far_away_is_preferred_to_an_old_one_near() -> None:
    shared = SharedInMemory()
    one, other = await listening(shared)
    await one.answer(at("a"))
    await settled()
    await other.answer(at("a"))
    await asyncio.sleep(61)
    shared.ears.clear()  # `other` hears nothing of it
    await one.answer(at("a"))
    await settled()

    assert (await other.answer(at("a")))[1] is CACHED
    assert other.upstream.asked == []
    shared.ears += [one.cache._hearing, other.cache._hearing]
    await closed(one, other)


async def test_what_one_process_forgets_no_process_serves_a_second_later() -> None:
    shared = SharedInMemory()
    one, other = await listening(shared)
    for process in (one, other):
        await process.answer(at("a"))
        await settled()

    await one.cache.forget([at("a")])
    await asyncio.sleep(1)

    assert (await other.answer(at("a")))[1] is LIVE
    await closed(one, other)


async def test_what_is_forgotten_of_a_viewer_no_process_serves_and_others_keep_theirs() -> None:
    shared = SharedInMemory()
    one, other = await listening(shared)
    for viewer in ("1", "2"):
        await one.answer(at("a", viewer))
        await settled()
        await other.answer(at("a", viewer))

    await one.cache.forget_viewer("1")
    await asyncio.sleep(1)

    assert (await other.answer(at("a", "1")))[1] is LIVE
    assert (await other.answer(at("a", "2")))[1] is CACHED
    await closed(one, other)


async def test_what_was_fetched_before_it_was_forgotten_is_not_kept_anywhere() -> None:
    shared = SharedInMemory()
    one, other = await listening(shared)
    one.upstream.delay = 1
    on_its_way = asyncio.create_task(one.answer(at("a")))
    await asyncio.sleep(0.5)
    await other.cache.forget([at("a")])

    assert (await on_its_way)[1] is LIVE
    await settled()
    assert not shared.lies_at(at("a"))
    one.upstream.delay = 0
    assert (await one.answer(at("a")))[1] is LIVE
    assert [event.reason for event in one.events(CacheDropped)] == ["superseded"]
    await closed(one, other)


async def test_what_is_forgotten_of_a_viewer_is_not_filled_by_who_fetched_it_before() -> None:
    shared = SharedInMemory()
    one, other = await listening(shared)
    one.upstream.delay = 1
    on_its_way = asyncio.create_task(one.answer(at("a")))
    await asyncio.sleep(0.5)
    await other.cache.forget_viewer("1")
    await on_its_way
    await settled()

    assert not shared.lies_at(at("a"))
    await closed(one, other)


async def test_after_a_break_in_listening_the_first_tier_is_emptied_and_not_believed_until_it_is_over() -> None:
    shared = SharedInMemory()
    one, other = await listening(shared)
    await one.answer(at("a"))
    await settled()
    await other.answer(at("a"))
    shared.error = ServerGone()
    await asyncio.sleep(0.31)
    shared.error = None
    shared.asked.clear()

    for _ in range(2):
        assert (await other.answer(at("a")))[1] is CACHED
    assert len(lookups(shared)) == 2
    await asyncio.sleep(1)
    for _ in range(2):
        assert (await other.answer(at("a")))[1] is CACHED
    assert len(lookups(shared)) == 3
    assert [event.whole for event in other.events(CacheHeard)] == [True, False, True]
    await closed(one, other)


async def test_r2_while_the_server_is_gone_each_process_keeps_what_it_fetches_for_itself() -> None:
    shared = SharedInMemory()
    [one] = await listening(shared, Bench(shared))
    shared.error = ServerGone()
    await asyncio.sleep(1)
    one.told.clear()

    assert (await one.answer(at("a")))[1] is LIVE
    assert (await one.answer(at("a")))[1] is CACHED
    assert one.upstream.asked == [[at("a")]]
    shared.error = None
    await closed(one)


async def test_r2_what_was_kept_while_the_server_was_gone_is_not_believed_once_it_is_back() -> None:
    shared = SharedInMemory()
    one, other = await listening(shared)
    shared.error = ServerGone()
    await asyncio.sleep(1)
    for process in (one, other):
        await process.answer(at("a"))
    shared.error = None
    await asyncio.sleep(1)

    assert (await one.answer(at("a")))[1] is LIVE
    await closed(one, other)


async def test_r3_a_server_that_hangs_costs_the_cache_deadline_once_and_then_nothing() -> None:
    shared = SharedInMemory()
    [one] = await listening(shared, Bench(shared))
    shared.delay = 3600
    started = asyncio.get_running_loop().time()

    assert (await one.answer(at("a")))[1] is LIVE
    assert asyncio.get_running_loop().time() - started == pytest.approx(CACHE_DEADLINE)
    assert (await one.answer(at("b")))[1] is LIVE
    assert asyncio.get_running_loop().time() - started == pytest.approx(CACHE_DEADLINE)
    await closed(one)


async def test_r3_a_slow_server_costs_one_page_the_cache_deadline_in_all() -> None:
    shared = SharedInMemory(delay=0.03)
    [one] = await listening(shared, Bench(shared))
    started = asyncio.get_running_loop().time()
    patience = Patience()

    for key in "abcd":
        assert (await one.answer(at(key), patience=patience))[1] is LIVE
    took = asyncio.get_running_loop().time() - started

    assert took == pytest.approx(CACHE_DEADLINE, abs=0.011)
    await closed(one)


async def test_r4_a_full_server_is_read_and_what_it_does_not_take_is_told() -> None:
    shared = SharedInMemory()
    [one] = await listening(shared, Bench(shared))
    await one.answer(at("a"))
    await settled()
    shared.refuse_writes = True
    one.told.clear()

    assert (await one.answer(at("a")))[1] is CACHED
    assert (await one.answer(at("b")))[1] is LIVE
    assert [(event.operation, event.reason) for event in one.events(CacheFailed)] == [("lease", "Refused")]
    await closed(one)


@pytest.mark.parametrize("error", [OSError("gone"), RuntimeError("closed"), ValueError("bad RESP"), EOFError()])
async def test_whatever_a_store_raises_is_a_miss(error: Exception) -> None:
    """Trap 10: not every failure of a cache is an error of its client's."""
    shared = SharedInMemory()
    [one] = await listening(shared, Bench(shared))
    shared.error = error

    assert (await one.answer(at("a")))[1] is LIVE
    assert {event.operation for event in one.events(CacheFailed)} == {"read", "lease"}
    shared.error = None
    await closed(one)


async def test_r10_failures_are_kept_nowhere() -> None:
    shared = SharedInMemory()
    [one] = await listening(shared, Bench(shared))
    one.upstream.error = UpstreamFailed("500")
    with pytest.raises(UpstreamFailed):
        await one.answer(at("a"))
    await settled()

    assert not shared.lies_at(at("a"))
    assert shared.held(at("a")) is None
    one.upstream.error = None
    assert (await one.answer(at("a")))[1] is LIVE
    await closed(one)


async def test_r10_another_version_of_the_records_reads_older_values_as_misses() -> None:
    shared = SharedInMemory()
    one, other = await listening(shared)
    await one.answer(at("a"))
    await settled()

    assert (await other.answer(at("a").replace(":v:", ":w:")))[1] is LIVE
    await closed(one, other)


async def test_r6_a_value_that_cannot_be_read_is_a_miss_and_replaced() -> None:
    shared = SharedInMemory()
    one, other = await listening(shared)
    await one.answer(at("a"))
    await settled()
    until, generation, _ = shared.values[at("a")]
    shared.values[at("a")] = (until, generation, b"\x80\x04garbage")

    assert (await other.answer(at("a")))[1] is LIVE
    await settled()
    assert (await other.answer(at("a")))[1] is CACHED
    await closed(one, other)


async def test_a_source_without_a_ttl_asks_for_no_lease_and_fills_nothing() -> None:
    shared = SharedInMemory()
    [one] = await listening(shared, Bench(shared))
    await one.answer(at("a"), terms=with_terms(ttl=0))
    await settled()

    assert {operation for operation, _ in shared.asked} <= {"read", "listen"}
    await closed(one)


async def test_a_value_that_is_too_large_for_the_server_is_told_and_its_lease_let_go() -> None:
    shared = SharedInMemory()
    [one] = await listening(shared, Bench(shared))
    big = at("x" * 1_000_001)
    await one.answer(big)
    await settled()

    assert not shared.lies_at(big)
    assert shared.held(big) is None
    assert [event.reason for event in one.events(CacheDropped)] == ["too large"]
    await closed(one)


async def test_closing_lets_go_of_leases() -> None:
    shared = SharedInMemory()
    [one] = await listening(shared, Bench(shared))
    one.upstream.delay = 5
    [reading] = await one.read(at("a"))
    await asyncio.sleep(1)
    assert shared.held(at("a"))
    reading.abandon()
    await one.cache.close()

    assert shared.held(at("a")) is None


async def test_a_refused_command_speaks_against_no_server() -> None:
    shared = SharedInMemory(error=Refused("no"))
    one = Bench(shared)
    for key in "abc":
        await one.answer(at(key))

    assert len(lookups(shared)) == 3
    await closed(one)
