"""Reading through: look up a batch in one round trip, fly only for what is missing, keep what comes."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from bff.cache.fetching import Fetch, Fetching
from bff.cache.flights import Flights, Land
from bff.cache.outcome import Failed
from bff.cache.patience import Patience
from bff.cache.reading import Reading
from bff.cache.seats import Grounded
from bff.cache.second_tier import SecondTier
from bff.cache.terms import Terms
from bff.cache.tiers import Found, Tiers
from bff.errors import SourceError
from bff.events import CacheRead, Listener
from bff.timeline import clock
from bff.timeline.call import CallTimeline

Refused = Callable[[bool], SourceError | None]
"""Why nothing may be fetched now; None where it may. Told whether there is something to show meanwhile."""


def never(_: bool) -> SourceError | None:
    """Anything may be fetched."""
    return None


class ReadThrough:
    """A cache in front of calls; flights for what it has not."""

    def __init__(
        self, tiers: Tiers, second: SecondTier | None, flights: Flights, tell: Listener, now: Callable[[], float]
    ) -> None:
        self._tiers = tiers
        self._second = second
        self._flights = flights
        self._tell = tell
        self._now = now

    async def read(
        self, addresses: Sequence[str], terms: Terms, fetch: Fetch, patience: Patience, refused: Refused = never
    ) -> list[Reading[Any]]:
        """One reading for each address, in order. For what is refused no flight starts.

        Takes no longer than the page has patience with the cache: the flights it starts go on behind the readings.
        """
        started = clock.now()
        now = self._now()
        found = await self._tiers.look_up(addresses, terms, now, patience)
        fresh = {address for address, entry in found.entries.items() if entry.is_fresh(now)}
        self._tell(_told(terms, clock.now() - started, found, len(fresh), len(addresses), now))
        missing = [each for each in addresses if each not in fresh and each not in self._flights]
        grounded = _grounded(missing, found, refused)
        self._take_off([each for each in missing if each not in grounded], terms, fetch, patience)
        return [self._reading(address, found, terms, now, grounded) for address in addresses]

    def _reading(
        self, address: str, found: Found, terms: Terms, now: float, grounded: Mapping[str, Grounded]
    ) -> Reading[Any]:
        entry = found.entries.get(address)
        if entry is not None and entry.is_fresh(now):
            return Reading(entry, None, fresh=True)
        if entry is not None and terms.served_meanwhile(entry, now):
            self._flights.want(address)
            return Reading(entry, None)
        return Reading(entry, grounded.get(address) or self._flights.seat(address))

    def _take_off(self, missing: Sequence[str], terms: Terms, fetch: Fetch, patience: Patience) -> None:
        for start in range(0, len(missing), terms.most):
            group = missing[start : start + terms.most]
            timeline = fetch.begin(len(group))
            self._flights.start(group, partial(self._fly, group, terms, fetch, patience, timeline), timeline)

    async def _fly(
        self,
        addresses: Sequence[str],
        terms: Terms,
        fetch: Fetch,
        patience: Patience,
        timeline: CallTimeline,
        land: Land,
    ) -> None:
        watch = self._tiers.watch(addresses)
        fetching = Fetching(self._tiers, terms, fetch, self._now, watch, land, timeline, self._tell)
        try:
            if self._second is None or terms.ttl == 0:
                await fetching.by_ourselves(addresses)
            else:
                await fetching.with_others(addresses, self._second, patience)
        finally:
            self._tiers.unwatch(watch)


def _grounded(missing: Sequence[str], found: Found, refused: Refused) -> Mapping[str, Grounded]:
    """What may not be fetched, and why. Where room is scarce, what there is something to show for comes last."""
    if not missing:
        return {}
    if (error := refused(False)) is not None:
        return dict.fromkeys(missing, Grounded(Failed(error)))
    shown = [address for address in missing if address in found.entries]
    if shown and (error := refused(True)) is not None:
        return dict.fromkeys(shown, Grounded(Failed(error)))
    return {}


def _told(terms: Terms, seconds: float, found: Found, fresh: int, asked: int, now: float) -> CacheRead:
    known = len(found.entries)
    ages = tuple(entry.age(now) for entry in found.entries.values())
    missed = found.missed
    return CacheRead(
        source=terms.source,
        call=terms.call,
        seconds=seconds,
        hits=fresh,
        stale=known - fresh,
        misses=asked - known,
        near=found.near,
        expired=missed.expired,
        evicted=missed.evicted,
        unread=missed.unread,
        ages=ages,
    )
