"""What one flight does: fetch what is missing, once for all processes that share a cache."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from bff.cache.first_tier import Watch
from bff.cache.flights import Land
from bff.cache.outcome import Failed, Fetched, Outcome
from bff.cache.patience import Patience
from bff.cache.renewal import held
from bff.cache.second_tier import SecondTier
from bff.cache.shared import Lease, Taken
from bff.cache.terms import Terms
from bff.cache.tiers import Tiers
from bff.errors import DeadlineExceeded
from bff.events import CacheFilled, Listener
from bff.resilience.deadline import Deadline
from bff.timeline.call import CallTimeline


class Fetch(Protocol):
    """Addresses in, an outcome for each out."""

    def begin(self, keys: int, /) -> CallTimeline:
        """A flight takes off for so many addresses."""

    async def __call__(self, addresses: Sequence[str], timeline: CallTimeline, /) -> Mapping[str, Outcome]:
        """Ask the upstream; the timeline is told how that goes."""


LOOK_AFTER: Final = 0.005
LOOK_EVERY: Final = 0.1
"""Seconds until the first look at what another process fetches, and at most between two; each wait is half as long
again as the one before.
"""


@dataclass(frozen=True, slots=True)
class Fetching:
    """Lands an outcome for each address. What is good is kept before it is told, and nothing else ever is."""

    tiers: Tiers
    terms: Terms
    fetch: Fetch
    now: Callable[[], float]
    watch: Watch
    land: Land
    timeline: CallTimeline
    tell: Listener

    async def by_ourselves(self, addresses: Sequence[str]) -> None:
        """Where there is nobody to share with."""
        await self._fetch(addresses, {})

    async def with_others(self, addresses: Sequence[str], second: SecondTier, patience: Patience) -> None:
        """Whoever has an address's lease fetches it. The others look now and then whether it is there, or the lease
        free again, for as long as a call may take. What the cache does not answer for is fetched without a lease.
        """
        until = Deadline.after(self.terms.bound)
        pause = LOOK_AFTER
        waiting: Sequence[str] = addresses
        while waiting := await self._fetch_ours(waiting, await second.take(waiting, patience), second):
            if until.left() == 0:
                late = Failed(DeadlineExceeded("another process has been fetching it for too long"))
                self.land(dict.fromkeys(waiting, late))
                return
            self.timeline.is_elsewhere()
            await asyncio.sleep(pause)
            pause, patience = min(1.5 * pause, LOOK_EVERY), Patience()

    async def _fetch_ours(
        self, addresses: Sequence[str], taken: Mapping[str, Taken], second: SecondTier
    ) -> Sequence[str]:
        """Fetch what nobody else is fetching, and return what others are."""
        there = {address: found for address, one in taken.items() if (found := self._fresh(one.value)) is not None}
        self.land(there)
        leases = [one.lease for one in taken.values() if one.lease is not None]
        missing = [address for address in addresses if address not in there]
        theirs = [address for address in missing if address in taken and taken[address].lease is None]
        with held(leases, second) as ours:
            if len(theirs) < len(missing):
                await self._fetch([address for address in missing if address not in theirs], ours)
        return theirs

    async def _fetch(self, addresses: Sequence[str], leases: dict[str, Lease]) -> None:
        outcomes = await self.fetch(addresses, self.timeline)
        good = {address: one for address, one in outcomes.items() if isinstance(one, Fetched)}
        if good and self.terms.ttl > 0:
            kept = [
                self.tiers.keep(address, one, self.terms, self.watch, leases.pop(address, None))
                for address, one in good.items()
            ]
            self.tell(CacheFilled(self.terms.source, self.terms.call, len(kept), sum(kept)))
        self.land(outcomes)

    def _fresh(self, packed: bytes | None) -> Outcome | None:
        """What another process has fetched meanwhile."""
        now = self.now()
        entry = self.terms.unpacked(packed, now)
        return Fetched(entry.value, entry.fetched_at) if entry is not None and entry.is_fresh(now) else None
