"""The second tier as one process sees it: few round trips, none of them waited for longer than a page may."""

from collections.abc import Mapping, Sequence
from typing import TypeVar

from bff.cache.background import Background
from bff.cache.changes import Changes
from bff.cache.gathered import Gathered
from bff.cache.guarded import GuardedStore
from bff.cache.patience import CACHE_DEADLINE, Patience
from bff.cache.shared import Change, Ear, Release, SharedStore, Taken
from bff.events import Listener

T = TypeVar("T")


class SecondTier:
    """A shared store that is guarded, asked for many things at once, and written to in the background."""

    def __init__(self, store: SharedStore, tell: Listener) -> None:
        self._background = Background()
        self._store = GuardedStore(store, tell, self._background)
        self._changes = Changes(self._store, tell, self._background)
        self._look_up = Gathered(self._store.get_many, self._background)
        self._take = Gathered(self._store.take, self._background, self._give_back)

    @property
    def reachable(self) -> bool:
        """Whether it answered in time, the last time it was asked."""
        return self._store.reachable

    async def get_many(self, addresses: Sequence[str], patience: Patience) -> Mapping[str, bytes | None]:
        """What lies there; nothing of what is not known in time."""
        if not self._store.reachable:
            return {}
        return await _patiently(self._look_up, addresses, patience)

    async def take(self, addresses: Sequence[str], patience: Patience) -> Mapping[str, Taken]:
        """As `SharedStore.take` says; nothing of what is not known in time."""
        if not self._store.grants_leases:
            return {}
        return await _patiently(self._take, addresses, patience)

    def write(self, change: Change) -> None:
        """Soon, in the background."""
        self._changes.add(change)

    async def forget(self, addresses: Sequence[str]) -> None:
        """As `SharedStore.forget` says. Raises whatever keeps it from being done in time."""
        await self._store.forget(addresses)

    async def forget_viewer(self, viewer: str) -> None:
        """As `SharedStore.forget_viewer` says. Raises whatever keeps it from being done in time."""
        await self._store.forget_viewer(viewer)

    async def listen(self, ear: Ear) -> None:
        """As `SharedStore.listen` says."""
        await self._store.listen(ear)

    async def close(self) -> None:
        """Let go of leases and write what still waits, end what is under way, let go of connections."""
        await self._background.settle(CACHE_DEADLINE)
        await self._changes.close()
        await self._background.close()
        await self._store.close()

    def _give_back(self, taken: Taken) -> None:
        if taken.lease is not None:
            self.write(Release(taken.lease))


async def _patiently(ask: Gathered[T], addresses: Sequence[str], patience: Patience) -> Mapping[str, T]:
    """Nothing where it fails, or takes longer than the page has left for it."""
    if patience.exhausted:
        return {}
    try:
        async with patience.spent():
            return await ask(addresses)
    except Exception:  # told by the guard; whatever a cache raises is a miss, never a failed page
        return {}
