"""Reading through: look up a batch in one round trip, fly only for what is missing, keep what comes."""

import asyncio
import random
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from bff.cache.entry import Entry, pack, unpack
from bff.cache.flights import Flights, Grounded, Seat
from bff.cache.outcome import Failed, Fetched, Outcome
from bff.cache.reading import Reading
from bff.cache.store import Store
from bff.errors import SourceError
from bff.events import CacheFailed, CacheRead, Listener
from bff.resilience.guard import Refusal

READ_DEADLINE: Final = 0.05
"""Seconds a page may wait for the cache; later is a miss."""

TICKS_TO_READ: Final = 5
"""Of the event loop, in which an answer that has arrived gets from its socket to whoever waits."""

WRITE_DEADLINE: Final = 0.5
"""Seconds a write may take, in the background."""

Entries = Mapping[str, Entry[Any] | None]

Fetch = Callable[[Sequence[str]], Coroutine[Any, Any, Mapping[str, Outcome]]]
"""Addresses in, an outcome for each out."""


def never() -> SourceError | None:
    """Anything may be fetched."""
    return None


@dataclass(frozen=True, slots=True)
class Terms:
    """How one call's values are kept. Times are in seconds; `shape` is what a value is decoded as."""

    source: str
    call: str
    shape: Any
    ttl: float
    ttl_jitter: float
    stale: float
    most: int
    """The most addresses one flight may ask for."""


class ReadThrough:
    """A cache in front of calls; flights for what it has not."""

    def __init__(self, store: Store, flights: Flights, tell: Listener, now: Callable[[], float]) -> None:
        self._store = store
        self._flights = flights
        self._tell = tell
        self._now = now

    async def read(
        self, addresses: Sequence[str], terms: Terms, fetch: Fetch, refusal: Refusal = never
    ) -> list[Reading[Any]]:
        """One reading for each address, in order. While there is a refusal, no flight starts.

        Takes no longer than the cache may: the flights it starts go on behind the readings.
        """
        clock = asyncio.get_running_loop().time
        started = clock()
        entries = await self._look_up(addresses, terms)
        now = self._now()
        fresh = {address for address, entry in entries.items() if entry is not None and entry.is_fresh(now)}
        known = sum(entry is not None for entry in entries.values())
        self._tell(
            CacheRead(terms.source, terms.call, clock() - started, len(fresh), known - len(fresh), len(entries) - known)
        )
        missing = [address for address in entries if address not in fresh and address not in self._flights]
        grounded = self._take_off(missing, terms, fetch, refusal)
        return [
            Reading(entries[address], None if address in fresh else self._seat(address, grounded))
            for address in addresses
        ]

    def _seat(self, address: str, grounded: Grounded | None) -> Seat | Grounded | None:
        """On the flight that is under way; where none is, none was let start."""
        return self._flights.seat(address) if address in self._flights else grounded

    def _take_off(self, missing: Sequence[str], terms: Terms, fetch: Fetch, refusal: Refusal) -> Grounded | None:
        """Start flights for what is missing, or say why none may."""
        if missing and (error := refusal()) is not None:
            return Grounded(Failed(error))
        for start in range(0, len(missing), terms.most):
            group = missing[start : start + terms.most]
            self._flights.start(group, partial(fetch, group), partial(self._keep, terms))
        return None

    async def _look_up(self, addresses: Sequence[str], terms: Terms) -> Entries:
        found: Sequence[bytes | None] = [None] * len(addresses)
        try:
            found = await _in_time(self._store.get_many(addresses))
        except Exception as error:  # whatever a cache raises is a miss, never a failed page
            self._tell(CacheFailed("read", type(error).__name__))
        return {address: unpack(packed, terms.shape) for address, packed in zip(addresses, found, strict=True)}

    async def _keep(self, terms: Terms, outcomes: Mapping[str, Outcome]) -> None:
        """Store what is good, and nothing else: neither failures nor degraded values."""
        good = {address: outcome for address, outcome in outcomes.items() if isinstance(outcome, Fetched)}
        if not good or terms.ttl == 0:
            return
        spread = random.uniform(1 - terms.ttl_jitter, 1 + terms.ttl_jitter)  # noqa: S311 - spreads expiry, hides nothing
        fresh_for = terms.ttl * spread
        try:
            packed = {address: pack(Entry(outcome.at, fresh_for, outcome.value)) for address, outcome in good.items()}
            async with asyncio.timeout(WRITE_DEADLINE):
                await self._store.set_many(packed, ttl=max(fresh_for, terms.stale))
        except Exception as error:  # whatever a cache raises, the page has its answer already
            self._tell(CacheFailed("write", type(error).__name__))


async def _in_time(lookup: Coroutine[Any, Any, Sequence[bytes | None]]) -> Sequence[bytes | None]:
    """What the cache answers within its deadline. Raises `TimeoutError`.

    A loop that lags reads its timers before its sockets: an answer that lies there already is not late.
    """
    looking = asyncio.ensure_future(lookup)
    try:
        await asyncio.wait((looking,), timeout=READ_DEADLINE)
        for _ in range(TICKS_TO_READ):
            if not looking.done():
                await asyncio.sleep(0)
        if not looking.done():
            raise TimeoutError
        return looking.result()
    finally:
        looking.cancel()
