"""Holding leases for as long as a fetch takes."""

import asyncio
from collections.abc import Sequence

import pytest

from bff.cache.changes import EVERY
from bff.cache.renewal import RENEW_EVERY, held
from bff.cache.second_tier import SecondTier
from bff.cache.shared import LEASE, Fill, Lease
from bff.events import Event
from tests.cache.bench import at
from tests.cache.shared_in_memory import Refused, SharedInMemory

pytestmark = pytest.mark.virtual_time

SENT = 1.5 * EVERY
"""Seconds after which a change is with the server."""


class Holder:
    """A process with leases."""

    def __init__(self) -> None:
        self.server = SharedInMemory()
        self.told: list[Event] = []
        self.second = SecondTier(self.server, self.told.append)

    async def leases(self, *addresses: str) -> Sequence[Lease]:
        taken = await self.server.take(addresses)
        self.server.asked.clear()
        return [one.lease for one in taken if one.lease is not None]

    def holds(self, *addresses: str) -> list[bool]:
        return [self.server.held(address) is not None for address in addresses]

    def written(self) -> list[tuple[str, ...]]:
        return [addresses for operation, addresses in self.server.asked if operation == "write"]


async def test_leases_are_kept_while_the_body_runs_and_let_go_of_in_the_end() -> None:
    holder = Holder()
    with held(await holder.leases(at("a"), at("b")), holder.second):
        await asyncio.sleep(10 * LEASE)
        assert holder.holds(at("a"), at("b")) == [True, True]
    await asyncio.sleep(SENT)

    assert holder.holds(at("a"), at("b")) == [False, False]
    await holder.second.close()


async def test_after_the_end_nothing_is_renewed() -> None:
    holder = Holder()
    with held(await holder.leases(at("a")), holder.second):
        await asyncio.sleep(1.5 * RENEW_EVERY)
    await asyncio.sleep(SENT)
    holder.server.asked.clear()
    await asyncio.sleep(10 * LEASE)

    assert holder.written() == []


async def test_a_body_that_is_over_soon_renews_nothing() -> None:
    holder = Holder()
    with held(await holder.leases(at("a")), holder.second):
        await asyncio.sleep(RENEW_EVERY / 2)
    await asyncio.sleep(10)

    assert holder.written() == [(at("a"),)]


async def test_two_renewals_may_be_lost() -> None:
    holder = Holder()
    with held(await holder.leases(at("a")), holder.second):
        await asyncio.sleep(RENEW_EVERY + SENT)
        holder.server.refuse_writes = True
        await asyncio.sleep(2 * RENEW_EVERY)
        holder.server.refuse_writes = False
        await asyncio.sleep(2 * RENEW_EVERY)

        assert holder.holds(at("a")) == [True]
    await holder.second.close()


async def test_what_the_body_takes_out_is_neither_renewed_nor_let_go_of() -> None:
    holder = Holder()
    with held(await holder.leases(at("a"), at("b")), holder.second) as ours:
        assert set(ours) == {at("a"), at("b")}
        holder.second.write(Fill(ours.pop(at("a")), b"v", 60))
        await asyncio.sleep(1.5 * RENEW_EVERY)
        assert holder.server.lies_at(at("a"))
        await holder.server.take([at("a")])  # another's from now on
    await asyncio.sleep(SENT)

    assert holder.written() == [(at("a"),), (at("b"),), (at("b"),)]
    assert holder.holds(at("a"), at("b")) == [True, False]
    await holder.second.close()


@pytest.mark.parametrize("error", [Refused(), asyncio.CancelledError()])
async def test_they_are_let_go_of_when_the_body_fails_or_is_cancelled(error: BaseException) -> None:
    holder = Holder()
    leases = await holder.leases(at("a"))
    with pytest.raises(type(error)), held(leases, holder.second):
        raise error
    await asyncio.sleep(10)

    assert holder.written() == [(at("a"),)]
    assert holder.holds(at("a")) == [False]


async def test_without_leases_nothing_is_sent() -> None:
    holder = Holder()
    with held([], holder.second) as ours:
        assert ours == {}
        await asyncio.sleep(10)
    await asyncio.sleep(1)

    assert holder.server.asked == []
