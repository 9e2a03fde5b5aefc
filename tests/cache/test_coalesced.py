"""Lookups of one tick are one round trip, and stay apart all the same."""

import asyncio
from collections.abc import Mapping, Sequence

import pytest

from bff.cache.coalesced import CoalescedStore
from bff.cache.memory import MemoryStore

pytestmark = pytest.mark.virtual_time


class SlowStore(MemoryStore):
    """Notes each lookup, takes its time, fails when told to."""

    def __init__(self) -> None:
        super().__init__()
        self.lookups: list[list[str]] = []
        self.error: Exception | None = None

    async def get_many(self, keys: Sequence[str]) -> list[bytes | None]:
        self.lookups.append(list(keys))
        await asyncio.sleep(1)
        if self.error is not None:
            raise self.error
        return await super().get_many(keys)


async def filled(values: Mapping[str, bytes]) -> tuple[SlowStore, CoalescedStore]:
    slow = SlowStore()
    await slow.set_many(values, ttl=3600)
    return slow, CoalescedStore(slow)


async def test_lookups_of_one_tick_are_one_and_each_gets_its_own_values() -> None:
    slow, store = await filled({"a": b"1", "b": b"2"})

    lookups = [store.get_many(keys) for keys in (["a", "nope"], ["b"], ["a"])]

    assert await asyncio.gather(*lookups) == [[b"1", None], [b"2"], [b"1"]]
    assert slow.lookups == [["a", "nope", "b"]]


async def test_a_lookup_of_a_later_tick_does_not_wait_for_an_earlier_one() -> None:
    slow, store = await filled({"a": b"1"})
    first = asyncio.create_task(store.get_many(["a"]))
    await asyncio.sleep(0.5)

    assert await store.get_many(["a"]) == [b"1"]
    assert await first == [b"1"]
    assert asyncio.get_running_loop().time() == pytest.approx(1.5)
    assert len(slow.lookups) == 2


async def test_whoever_stops_waiting_ends_nobody_elses_lookup() -> None:
    _, store = await filled({"a": b"1"})

    async def impatient() -> None:
        async with asyncio.timeout(0.5):
            await store.get_many(["a"])

    late, found = await asyncio.gather(impatient(), store.get_many(["a"]), return_exceptions=True)

    assert isinstance(late, TimeoutError)
    assert found == [b"1"]


async def test_a_failure_is_told_to_everyone_who_waits_and_to_nobody_after_them() -> None:
    slow, store = await filled({"a": b"1"})
    slow.error = ConnectionError("gone")
    failed = await asyncio.gather(store.get_many(["a"]), store.get_many(["a"]), return_exceptions=True)
    slow.error = None

    assert [type(one) for one in failed] == [ConnectionError, ConnectionError]
    assert await store.get_many(["a"]) == [b"1"]


async def test_closing_ends_what_is_under_way() -> None:
    _, store = await filled({"a": b"1"})
    waiting = asyncio.create_task(store.get_many(["a"]))
    await asyncio.sleep(0.5)
    await store.close()

    with pytest.raises(asyncio.CancelledError):
        await waiting


class CountingStore(MemoryStore):
    """Notes each write."""

    def __init__(self) -> None:
        super().__init__()
        self.writes: list[tuple[dict[str, bytes], float]] = []

    async def set_many(self, values: Mapping[str, bytes], *, ttl: float) -> None:
        self.writes.append((dict(values), ttl))
        await super().set_many(values, ttl=ttl)


async def test_writes_that_come_close_together_are_one_for_each_time_to_live() -> None:
    counting = CountingStore()
    store = CoalescedStore(counting)

    await asyncio.gather(
        store.set_many({"a": b"1"}, ttl=60), store.set_many({"b": b"2"}, ttl=60), store.set_many({"c": b"3"}, ttl=5)
    )

    assert counting.writes == [({"a": b"1", "b": b"2"}, 60), ({"c": b"3"}, 5)]
    assert await store.get_many(["a", "b", "c"]) == [b"1", b"2", b"3"]
