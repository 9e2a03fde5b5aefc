"""Reading through the cache: what is looked up, what is fetched, what is kept."""

import asyncio
import contextvars
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from bff.cache.entry import Entry, pack
from bff.cache.flights import Flights
from bff.cache.memory import MemoryStore
from bff.cache.outcome import Failed, Fetched, Outcome
from bff.cache.read_through import READ_DEADLINE, ReadThrough, Terms
from bff.cache.reading import Reading
from bff.errors import DeadlineExceeded, SectionState, UpstreamFailed
from bff.events import CacheFailed, CacheRead, Event
from bff.resilience.deadline import Deadline

pytestmark = pytest.mark.virtual_time

TERMS = Terms(source="s", call="c", shape=str, ttl=60, ttl_jitter=0, stale=3600, most=2)


@dataclass
class Clock:
    """The time of day, which tests set."""

    now: float = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Upstream:
    """A fetch that takes `delay` seconds, and what it was asked for."""

    clock: Clock
    delay: float = 0.0
    error: Exception | None = None
    asked: list[list[str]] = field(default_factory=list)

    async def __call__(self, addresses: Sequence[str]) -> Mapping[str, Outcome]:
        self.asked.append(list(addresses))
        await asyncio.sleep(self.delay)
        if self.error is not None:
            return dict.fromkeys(addresses, Failed(self.error))
        return {address: Fetched(f"value of {address}", self.clock()) for address in addresses}


class Bench:
    """A reader over a store and an upstream."""

    def __init__(self, store: Any = None) -> None:
        self.clock = Clock()
        self.store = store or MemoryStore()
        self.flights = Flights()
        self.told: list[Event] = []
        self.upstream = Upstream(self.clock)
        self.reader = ReadThrough(self.store, self.flights, self.told.append, self.clock)

    async def read(self, *addresses: str, terms: Terms = TERMS) -> list[Reading[Any]]:
        return await self.reader.read(addresses, terms, self.upstream)

    async def answer(self, address: str, within: float = 10.0, terms: Terms = TERMS) -> tuple[Any, SectionState]:
        [reading] = await self.read(address, terms=terms)
        answer = await reading.settle(Deadline.after(within))
        return answer.value, answer.state


async def test_a_first_read_is_live_and_a_second_one_cached() -> None:
    bench = Bench()

    assert await bench.answer("a") == ("value of a", SectionState.LIVE)
    await asyncio.sleep(0)
    assert await bench.answer("a") == ("value of a", SectionState.CACHED)
    assert bench.upstream.asked == [["a"]]


async def test_only_what_is_missing_is_asked_for_and_no_more_at_once_than_a_call_takes() -> None:
    bench = Bench()
    await bench.answer("b")
    readings = await bench.read("a", "b", "c", "d")
    values = [(await reading.settle(Deadline.after(1))).value for reading in readings]

    assert values == ["value of a", "value of b", "value of c", "value of d"]
    assert bench.upstream.asked == [["b"], ["a", "c"], ["d"]]


async def test_many_who_miss_at_once_share_one_flight() -> None:
    bench = Bench()
    bench.upstream.delay = 1

    answers = await asyncio.gather(*(bench.answer("a") for _ in range(100)))

    assert {value for value, _ in answers} == {"value of a"}
    assert bench.upstream.asked == [["a"]]


async def test_whoever_stops_waiting_ends_nobody_elses_flight() -> None:
    bench = Bench()
    bench.upstream.delay = 2

    impatient = asyncio.create_task(bench.answer("a", within=1))
    cancelled = asyncio.create_task(bench.answer("a"))
    patient = asyncio.create_task(bench.answer("a"))
    await asyncio.sleep(0.5)
    cancelled.cancel()

    with pytest.raises(DeadlineExceeded):
        await impatient
    assert await patient == ("value of a", SectionState.LIVE)


async def test_past_its_ttl_a_value_is_fetched_anew() -> None:
    bench = Bench()
    await bench.answer("a")
    bench.clock.now += 61

    assert await bench.answer("a") == ("value of a", SectionState.LIVE)
    assert bench.upstream.asked == [["a"], ["a"]]


async def test_past_its_ttl_a_value_is_served_stale_when_the_upstream_is_slow() -> None:
    bench = Bench()
    await bench.answer("a")
    bench.clock.now += 61
    bench.upstream.delay = 5

    assert await bench.answer("a", within=0.3) == ("value of a", SectionState.STALE)


async def test_past_its_ttl_a_value_is_served_stale_when_the_upstream_fails() -> None:
    bench = Bench()
    await bench.answer("a")
    bench.clock.now += 61
    bench.upstream.error = UpstreamFailed("500")

    assert await bench.answer("a") == ("value of a", SectionState.STALE)


async def test_a_bug_is_not_hidden_by_a_stale_value() -> None:
    bench = Bench()
    await bench.answer("a")
    bench.clock.now += 61
    bench.upstream.error = ZeroDivisionError("a bug")

    with pytest.raises(ZeroDivisionError):
        await bench.answer("a")


async def test_r10_failures_are_never_kept() -> None:
    bench = Bench()
    bench.upstream.error = UpstreamFailed("500")
    with pytest.raises(UpstreamFailed):
        await bench.answer("a")
    bench.upstream.error = None

    assert await bench.answer("a") == ("value of a", SectionState.LIVE)


async def test_a_source_without_a_ttl_keeps_nothing() -> None:
    bench = Bench()
    terms = Terms(source="s", call="c", shape=str, ttl=0, ttl_jitter=0, stale=3600, most=2)
    await bench.answer("a", terms=terms)

    assert await bench.answer("a", terms=terms) == ("value of a", SectionState.LIVE)


async def test_a_flight_that_is_cancelled_leaves_nobody_waiting() -> None:
    """Trap 3: a batch that ends by cancellation hangs its callers."""
    bench = Bench()
    bench.upstream.delay = 5
    waiting = asyncio.create_task(bench.answer("a"))
    await asyncio.sleep(1)
    await bench.flights.close()

    with pytest.raises(UpstreamFailed):
        await waiting
    assert len(bench.flights) == 0


async def test_reads_are_told_with_what_they_found() -> None:
    bench = Bench()
    await bench.answer("old")
    bench.clock.now += 61
    await bench.answer("fresh")
    bench.told.clear()
    await bench.read("old", "fresh", "new")

    [told] = [event for event in bench.told if isinstance(event, CacheRead)]
    assert (told.hits, told.stale, told.misses) == (1, 1, 1)


class BrokenStore(MemoryStore):
    """Raises, or takes its time."""

    def __init__(self, error: Exception | None = None, delay: float = 0.0) -> None:
        super().__init__()
        self.error = error
        self.delay = delay

    async def get_many(self, keys: Sequence[str]) -> list[bytes | None]:
        await asyncio.sleep(self.delay)
        if self.error is not None:
            raise self.error
        return await super().get_many(keys)

    async def set_many(self, values: Mapping[str, bytes], *, ttl: float) -> None:
        await asyncio.sleep(self.delay)
        if self.error is not None:
            raise self.error
        await super().set_many(values, ttl=ttl)


@pytest.mark.parametrize("error", [OSError("gone"), RuntimeError("closed"), ValueError("bad RESP"), EOFError()])
async def test_whatever_a_store_raises_is_a_miss(error: Exception) -> None:
    """Trap 10: not every failure of a cache is an error of its client's."""
    bench = Bench(BrokenStore(error))

    assert await bench.answer("a") == ("value of a", SectionState.LIVE)
    await asyncio.sleep(0)
    assert {event.operation for event in bench.told if isinstance(event, CacheFailed)} == {"read", "write"}


async def test_r3_a_store_that_hangs_costs_its_deadline_and_no_more() -> None:
    bench = Bench(BrokenStore(delay=3600))
    started = asyncio.get_running_loop().time()

    assert await bench.answer("a") == ("value of a", SectionState.LIVE)
    assert asyncio.get_running_loop().time() - started == pytest.approx(READ_DEADLINE)


async def test_r6_a_corrupt_value_is_a_miss_and_replaced() -> None:
    bench = Bench()
    await bench.store.set_many({"a": b"garbage", "b": pack(Entry(bench.clock(), 60, {"not": "text"}))}, ttl=60)

    assert await bench.answer("a") == ("value of a", SectionState.LIVE)
    assert await bench.answer("b") == ("value of b", SectionState.LIVE)
    await asyncio.sleep(0)
    assert await bench.answer("a") == ("value of a", SectionState.CACHED)
    assert await bench.answer("b") == ("value of b", SectionState.CACHED)


async def test_work_in_the_background_sees_nothing_of_the_request_that_started_it() -> None:
    """Trap 4: a batch runs in the context of whoever loaded first."""
    secret = contextvars.ContextVar("secret", default="nobody")
    seen: list[str] = []
    bench = Bench()

    async def fetch(addresses: Sequence[str]) -> Mapping[str, Outcome]:
        seen.append(secret.get())
        return {address: Fetched("v", 0.0) for address in addresses}

    secret.set("the first viewer")
    [reading] = await bench.reader.read(["a"], TERMS, fetch)
    await reading.settle(Deadline.after(1))

    assert seen == ["nobody"]


async def test_s2_a_call_that_nobody_waits_for_any_more_is_ended() -> None:
    bench = Bench()
    bench.upstream.delay = 5
    [reading] = await bench.read("a")
    await asyncio.sleep(1)

    reading.abandon()
    await asyncio.sleep(0.001)

    assert len(bench.flights) == 0


async def test_s2_a_call_that_another_request_waits_for_goes_on() -> None:
    bench = Bench()
    bench.upstream.delay = 5
    [reading] = await bench.read("a")
    other = asyncio.create_task(bench.answer("a"))
    await asyncio.sleep(1)

    reading.abandon()

    assert await other == ("value of a", SectionState.LIVE)
    assert bench.upstream.asked == [["a"]]


async def test_s2_a_call_that_came_too_late_for_a_page_goes_on_for_the_cache() -> None:
    bench = Bench()
    bench.upstream.delay = 5
    [reading] = await bench.read("a")
    with pytest.raises(DeadlineExceeded):
        await reading.settle(Deadline.after(0.3))

    reading.abandon()
    await asyncio.sleep(5)

    assert await bench.answer("a") == ("value of a", SectionState.CACHED)


async def test_s2_one_who_leaves_ends_no_batch_that_others_share() -> None:
    bench = Bench()
    bench.upstream.delay = 5
    mine, others = await bench.read("a", "b")
    waiting = asyncio.create_task(others.settle(Deadline.after(10)))
    await asyncio.sleep(1)

    mine.abandon()

    assert (await waiting).value == "value of b"


async def test_s2_whoever_asks_after_a_call_was_ended_starts_another_and_is_not_told_of_the_end() -> None:
    bench = Bench()
    bench.upstream.delay = 5
    [reading] = await bench.read("a")
    await asyncio.sleep(1)
    reading.abandon()

    assert await bench.answer("a") == ("value of a", SectionState.LIVE)
    assert bench.upstream.asked == [["a"], ["a"]]
