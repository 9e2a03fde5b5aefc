"""What goes to the shared store: together, bounded, one round trip at a time, and told where it is dropped."""

import asyncio
import itertools

import pytest

from bff.cache.background import Background
from bff.cache.changes import EVERY, MOST_AT_ONCE, MOST_WAITING, OVERHEAD, Changes
from bff.cache.envelope import LARGEST
from bff.cache.shared import LEASE, Fill, Lease, Release, Renew
from bff.events import CacheDropped, Event
from tests.cache.bench import at
from tests.cache.shared_in_memory import ServerGone, SharedInMemory

pytestmark = pytest.mark.virtual_time

MOST = MOST_AT_ONCE // 2 - OVERHEAD
"""Bytes of a value of which two go in one round trip."""


class Sending:
    """Changes for a server, and what they tell."""

    def __init__(self) -> None:
        self.server = SharedInMemory()
        self.told: list[Event] = []
        self.background = Background()
        self.changes = Changes(self.server, self.told.append, self.background)
        self.keys = (at(str(number)) for number in itertools.count())

    async def leases(self, count: int) -> list[Lease]:
        taken = await self.server.take(list(itertools.islice(self.keys, count)))
        return [one.lease for one in taken if one.lease is not None]

    async def fill(self, *sizes: int) -> None:
        """Values of so many bytes, each under a lease of its own."""
        for lease, size in zip(await self.leases(len(sizes)), sizes, strict=True):
            self.changes.add(Fill(lease, b"x" * size, 60))

    def batches(self) -> list[int]:
        """How many changes each round trip had."""
        return [len(addresses) for operation, addresses in self.server.asked if operation == "write"]


async def test_changes_of_a_few_milliseconds_are_one_round_trip() -> None:
    sending = Sending()
    one, other = await sending.leases(2)
    sending.changes.add(Fill(one, b"v", 60))
    await asyncio.sleep(EVERY / 2)
    sending.changes.add(Release(other))
    await asyncio.sleep(EVERY * 0.49)
    assert sending.batches() == []
    await asyncio.sleep(EVERY * 0.02)

    assert sending.batches() == [2]
    assert sending.server.lies_at(one.address)
    assert sending.server.held(other.address) is None
    assert sending.told == []


async def test_what_comes_later_is_sent_later() -> None:
    sending = Sending()
    one, other = await sending.leases(2)
    sending.changes.add(Release(one))
    await asyncio.sleep(1)
    sending.changes.add(Release(other))
    await asyncio.sleep(1)

    assert sending.batches() == [1, 1]


async def test_changes_are_sent_in_the_order_they_came() -> None:
    sending = Sending()
    [lease] = await sending.leases(1)
    sending.changes.add(Fill(lease, b"v", 60))
    sending.changes.add(Release(lease))
    await asyncio.sleep(1)

    assert sending.server.lies_at(lease.address)


async def test_a_renewal_is_a_change() -> None:
    sending = Sending()
    [lease] = await sending.leases(1)
    await asyncio.sleep(LEASE / 2)
    sending.changes.add(Renew(lease))
    await asyncio.sleep(LEASE)

    assert sending.server.held(lease.address) == lease.token


async def test_one_round_trip_is_under_way_at_a_time_and_what_comes_meanwhile_goes_with_the_next() -> None:
    sending = Sending()
    leases = await sending.leases(3)
    sending.server.delay = 1
    for lease in leases:
        sending.changes.add(Release(lease))
        await asyncio.sleep(0.25)
    await asyncio.sleep(1.5)

    assert sending.batches() == [1, 2]
    assert sending.server.most_under_way == 1


async def test_a_round_trip_holds_so_many_bytes_and_no_more() -> None:
    sending = Sending()
    await sending.fill(MOST, MOST, MOST, MOST + 1, MOST)
    await asyncio.sleep(1)

    assert sending.batches() == [2, 1, 1, 1]
    assert sending.server.most_under_way == 1


async def test_what_takes_no_value_along_counts_too() -> None:
    sending = Sending()
    [lease] = await sending.leases(1)
    most = MOST_AT_ONCE // OVERHEAD
    for _ in range(most + 1):
        sending.changes.add(Renew(lease))
    await asyncio.sleep(1)

    assert sending.batches() == [most, 1]


async def test_a_change_that_is_larger_than_a_round_trip_should_be_goes_alone() -> None:
    sending = Sending()
    await sending.fill(10, MOST_AT_ONCE, 10, 10)
    await asyncio.sleep(1)

    assert sending.batches() == [1, 1, 2]
    assert sending.told == []


async def test_a_value_that_is_too_large_is_told_and_its_lease_let_go() -> None:
    sending = Sending()
    await sending.fill(LARGEST + 1)
    assert sending.told == [CacheDropped(1, "too large")]
    await asyncio.sleep(1)

    assert sending.batches() == [1]
    assert not sending.server.lies_at(at("0"))
    assert sending.server.held(at("0")) is None
    assert sending.told == [CacheDropped(1, "too large")]


async def test_a_value_of_the_largest_size_is_kept() -> None:
    sending = Sending()
    await sending.fill(LARGEST)
    await asyncio.sleep(1)

    assert sending.server.lies_at(at("0"))
    assert sending.told == []


FULL = [LARGEST] * 8 + [MOST_WAITING - 8 * (LARGEST + OVERHEAD) - OVERHEAD]
"""Values that fill the queue to the last byte."""


async def test_what_waits_is_bounded_to_the_byte_and_what_is_dropped_is_told() -> None:
    sending = Sending()
    await sending.fill(*FULL)
    assert sending.told == []
    await sending.fill(0)
    assert sending.told == [CacheDropped(1, "queue full")]
    await asyncio.sleep(1)

    assert sum(sending.batches()) == len(FULL)


async def test_one_byte_more_than_may_wait_is_dropped() -> None:
    sending = Sending()
    await sending.fill(*FULL[:-1], FULL[-1] + 1)

    assert sending.told == [CacheDropped(1, "queue full")]


async def test_where_the_queue_is_full_leases_are_left_to_expire_and_nothing_is_told() -> None:
    sending = Sending()
    await sending.fill(*FULL)
    sending.changes.add(Release(Lease(at("x"), b"token")))
    await asyncio.sleep(1)

    assert sending.told == []
    assert sum(sending.batches()) == len(FULL)


async def test_what_is_sent_makes_room() -> None:
    sending = Sending()
    for _ in range(2):
        await sending.fill(*FULL)
        await asyncio.sleep(3)

    assert sending.told == []
    assert sum(sending.batches()) == 2 * len(FULL)


async def test_what_was_forgotten_meanwhile_is_dropped_as_superseded_and_the_rest_is_kept() -> None:
    sending = Sending()
    await sending.fill(1, 1, 1)
    await sending.server.forget([at("0"), at("2")])
    await asyncio.sleep(1)

    assert sending.told == [CacheDropped(2, "superseded")]
    assert sending.server.lies_at(at("1"))


async def test_a_server_that_fails_drops_values_which_is_told_and_the_next_ones_are_sent() -> None:
    sending = Sending()
    [lease] = await sending.leases(1)
    sending.changes.add(Release(lease))
    await sending.fill(1, 1)
    sending.server.error = ServerGone()
    await asyncio.sleep(1)
    assert sending.told == [CacheDropped(2, "not written")]
    sending.server.error = None
    await sending.fill(1)
    await asyncio.sleep(1)

    assert [sending.server.lies_at(at(key)) for key in "123"] == [False, False, True]


async def test_leases_that_cannot_be_let_go_of_are_not_told_as_values() -> None:
    sending = Sending()
    [lease] = await sending.leases(1)
    sending.server.error = ServerGone()
    sending.changes.add(Release(lease))
    sending.changes.add(Renew(lease))
    await asyncio.sleep(1)

    assert sending.told == []


async def test_closing_sends_at_once_what_waits_in_as_many_round_trips_as_it_takes() -> None:
    sending = Sending()
    await sending.fill(MOST, MOST, MOST)
    await sending.changes.close()

    assert asyncio.get_running_loop().time() == 0
    assert sending.batches() == [2, 1]
    assert all(sending.server.lies_at(at(key)) for key in "012")
    await asyncio.sleep(1)
    assert sending.batches() == [2, 1]


async def test_after_closing_nothing_is_under_way() -> None:
    sending = Sending()
    await sending.fill(1)
    await sending.changes.close()
    await sending.background.close()

    assert len(sending.background) == 0


async def test_after_closing_nothing_is_begun() -> None:
    sending = Sending()
    await sending.fill(1)
    await sending.changes.close()
    asyncio.get_running_loop().call_at(EVERY, lambda: left.append(len(sending.background)))

    left: list[int] = []
    await asyncio.sleep(1)
    assert left == [0]
