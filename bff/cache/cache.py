"""The cache of one app: two tiers, the flights that fill them, and an ear for what others change."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

from bff.cache.background import Background
from bff.cache.fetching import Fetch
from bff.cache.filled import Filled
from bff.cache.first_tier import FirstTier
from bff.cache.flights import Flights
from bff.cache.hearing import Hearing
from bff.cache.patience import Patience
from bff.cache.read_through import ReadThrough, Refused, never
from bff.cache.reading import Reading
from bff.cache.second_tier import SecondTier
from bff.cache.shared import SharedStore
from bff.cache.terms import Terms
from bff.cache.tiers import Tiers
from bff.events import CacheEvicted, Listener
from bff.standing import CacheStanding


class Cache:
    """Opened and closed with its app. Without a shared store there is the first tier alone."""

    def __init__(self, shared: SharedStore | None, *, max_bytes: int, tell: Listener, now: Callable[[], float]) -> None:
        self._first = FirstTier(max_bytes, lambda values: tell(CacheEvicted(values)))
        self._filled = Filled()
        self._second = None if shared is None else SecondTier(shared, tell)
        self._flights = Flights()
        self._hearing = Hearing(self._first, self._flights, tell)
        self._background = Background()
        tiers = Tiers(self._first, self._second, self._hearing, self._filled)
        self._reader = ReadThrough(tiers, self._second, self._flights, tell, now)

    async def open(self) -> None:
        """Begin to listen. Nothing waits for the cache server, which may not be there yet."""
        if self._second is not None:
            self._background.start(self._hearing.go_on(self._second))

    async def read(
        self, addresses: Sequence[str], terms: Terms, fetch: Fetch, patience: Patience, refused: Refused = never
    ) -> list[Reading[Any]]:
        """As `ReadThrough.read` says."""
        return await self._reader.read(addresses, terms, fetch, patience, refused)

    async def forget(self, addresses: Sequence[str]) -> None:
        """Here and everywhere, also what is being fetched now. Raises where the cache server cannot be told."""
        self._hearing.forget(addresses)
        self._filled.forget(addresses)
        if self._second is not None:
            await self._second.forget(addresses)

    async def forget_viewer(self, viewer: str) -> None:
        """The same for all that is kept for one viewer."""
        self._hearing.forget_viewer(viewer)
        self._filled.forget_viewer(viewer)
        if self._second is not None:
            await self._second.forget_viewer(viewer)

    def standing(self) -> CacheStanding:
        """How it stands now."""
        return CacheStanding(
            near_bytes=self._first.bytes,
            near_most_bytes=self._first.max_bytes,
            near_values=len(self._first),
            calls_under_way=len(self._flights),
            reachable=None if self._second is None else self._second.reachable,
            heard=None if self._second is None else self._hearing.whole,
        )

    async def close(self) -> None:
        """End every call under way, then drop connections."""
        await asyncio.gather(self._flights.close(), self._background.close())
        if self._second is not None:
            await self._second.close()
