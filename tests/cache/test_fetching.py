"""What one flight does: fetches once for all who share a cache, keeps what is good, and follows others for a while."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import pytest

from bff.cache.fetching import LOOK_AFTER, LOOK_EVERY
from bff.cache.shared import Taken
from bff.errors import BulkheadFull, DeadlineExceeded, SectionState, SourceError, UpstreamFailed
from bff.events import CacheDropped, CacheRead
from bff.resilience.deadline import Deadline
from tests.cache.bench import TERMS, Bench, at, with_terms
from tests.cache.shared_in_memory import SharedInMemory

pytestmark = pytest.mark.virtual_time


def now() -> float:
    return asyncio.get_running_loop().time()


@dataclass
class Timed(SharedInMemory):
    """Notes when leases are asked for."""

    takes: list[float] = field(default_factory=list)

    async def take(self, addresses: Sequence[str]) -> Sequence[Taken]:
        self.takes.append(now())
        return await super().take(addresses)


async def test_looks_at_what_another_process_fetches_are_half_as_far_apart_again_up_to_a_bound() -> None:
    shared = Timed()
    shared.leases[at("a")] = (3600, b"another's")
    bench = Bench(shared)

    with pytest.raises(DeadlineExceeded, match=r"^another process has been fetching it for too long$"):
        await bench.answer(at("a"), terms=with_terms(bound=0.6))
    pauses = [later - earlier for earlier, later in pairwise(shared.takes)]
    assert pauses[:3] == [pytest.approx(LOOK_AFTER * share) for share in (1, 1.5, 2.25)]
    assert pauses[-2:] == [pytest.approx(LOOK_EVERY)] * 2
    assert bench.upstream.asked == []
    await bench.cache.close()


async def test_what_is_found_with_the_lease_has_the_date_of_its_fetch() -> None:
    shared = SharedInMemory(delay=0.001)
    one, other = Bench(shared), Bench(shared)
    [reading] = await one.read(at("a"))
    fetched_at = (await reading.settle(Deadline.after(1))).fetched_at
    [following] = await other.read(at("a"))
    await asyncio.sleep(0.5)
    answer = await following.settle(Deadline.after(1))

    assert answer.state is SectionState.LIVE
    assert answer.fetched_at == fetched_at
    assert other.upstream.asked == []
    await asyncio.gather(one.cache.close(), other.cache.close())


async def test_what_has_no_ttl_is_not_kept_for_when_the_upstream_fails_either() -> None:
    bench, terms = Bench(), with_terms(ttl=0)
    await bench.answer(at("a"), terms=terms)
    bench.upstream.error = UpstreamFailed("500")

    with pytest.raises(UpstreamFailed):
        await bench.answer(at("a"), terms=terms)


async def test_what_has_a_short_ttl_is_kept() -> None:
    bench, terms = Bench(), with_terms(ttl=0.5)
    await bench.answer(at("a"), terms=terms)
    await asyncio.sleep(0.25)

    assert (await bench.answer(at("a"), terms=terms))[1] is SectionState.CACHED


async def test_what_was_fetched_without_a_lease_is_not_sent_to_the_others() -> None:
    shared = SharedInMemory(refuse_writes=True)
    bench = Bench(shared)
    await bench.answer(at("a"))
    await asyncio.sleep(0.2)

    assert [operation for operation, _ in shared.asked] == ["read", "take"]
    assert bench.events(CacheDropped) == []
    await bench.cache.close()


async def test_r10_what_failed_is_fetched_anew_while_the_rest_of_its_batch_waits_for_another_process() -> None:
    shared = SharedInMemory()
    shared.leases[at("b")] = (3600, b"another's")
    bench = Bench(shared)
    bench.upstream.error = UpstreamFailed("500")
    a, _ = await bench.read(at("a"), at("b"))
    with pytest.raises(UpstreamFailed):
        await a.settle(Deadline.after(1))
    bench.upstream.error = None

    assert (await bench.answer(at("a")))[1] is SectionState.LIVE
    await bench.cache.close()


async def test_a_read_is_told_with_whose_it_was_and_how_long_it_took() -> None:
    shared = SharedInMemory(delay=0.01)
    bench = Bench(shared)
    await asyncio.sleep(1)
    await bench.read(at("a"))

    [told] = bench.events(CacheRead)
    assert (told.source, told.call, told.seconds) == (TERMS.source, TERMS.call, pytest.approx(0.01))
    await bench.cache.close()


async def test_what_lies_in_both_tiers_counts_as_near() -> None:
    shared = SharedInMemory()
    bench = Bench(shared)
    await bench.cache.open()
    await asyncio.sleep(1)
    await bench.answer(at("a"))
    await asyncio.sleep(61)
    await bench.read(at("a"), refused=full)
    bench.told.clear()
    await bench.read(at("a"), refused=full)

    [told] = bench.events(CacheRead)
    assert (told.stale, told.near) == (1, 1)
    await bench.cache.close()


def full(shown: bool) -> SourceError | None:
    return None if shown else BulkheadFull("full")


async def test_where_room_is_scarce_what_there_is_something_to_show_for_is_not_fetched_and_the_rest_is() -> None:
    bench = Bench()
    await bench.answer(at("old"))
    await asyncio.sleep(61)
    bench.upstream.asked.clear()
    asked: list[bool] = []

    def crowded(shown: bool) -> SourceError | None:
        asked.append(shown)
        return BulkheadFull("crowded") if shown else None

    old, new = await bench.read(at("old"), at("new"), refused=crowded)
    assert asked == [False, True]

    answer = await old.settle(Deadline.after(1))
    assert (answer.state, str(answer.because)) == (SectionState.STALE, "crowded")
    assert (await new.settle(Deadline.after(1))).state is SectionState.LIVE
    assert bench.upstream.asked == [[at("new")]]


async def test_where_there_is_no_room_nothing_is_fetched() -> None:
    bench = Bench()
    await bench.answer(at("old"))
    await asyncio.sleep(61)
    bench.upstream.asked.clear()
    old, new = await bench.read(at("old"), at("new"), refused=full)

    assert str((await old.settle(Deadline.after(1))).because) == "full"
    with pytest.raises(BulkheadFull, match="full"):
        await new.settle(Deadline.after(1))
    assert bench.upstream.asked == []


async def test_whoever_asks_for_what_is_being_fetched_already_is_refused_nothing() -> None:
    bench = Bench()
    bench.upstream.delay = 1
    first = asyncio.create_task(bench.answer(at("a")))
    await asyncio.sleep(0.5)
    [reading] = await bench.read(at("a"), refused=full)

    assert (await reading.settle(Deadline.after(1))).state is SectionState.LIVE
    await first
