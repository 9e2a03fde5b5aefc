"""What goes to the shared store: in the background, together, bounded, and dropped where it cannot keep up."""

import asyncio
from collections import deque
from typing import Final

from bff.cache.background import Background
from bff.cache.envelope import LARGEST
from bff.cache.shared import Change, Fill, Release, SharedStore
from bff.events import CacheDropped, Listener

EVERY: Final = 0.02
"""Seconds that a change waits for others. Nobody waits for a change."""

MOST_WAITING: Final = 8 * 1024 * 1024
"""Bytes of values; a server that is slower than the page is of no use for them."""

MOST_AT_ONCE: Final = 512 * 1024
"""Bytes of values in one round trip, so that it can be over within its deadline."""

OVERHEAD: Final = 200
"""Bytes a change costs besides its value, roughly."""


class Changes:
    """A queue of changes, and at most one round trip under way."""

    def __init__(self, store: SharedStore, tell: Listener, background: Background) -> None:
        self._store = store
        self._tell = tell
        self._background = background
        self._waiting: deque[Change] = deque()
        self._bytes = 0
        self._sending = False
        self._next_start: asyncio.TimerHandle | None = None

    def add(self, change: Change) -> None:
        """Sent soon, or dropped and told."""
        if isinstance(change, Fill) and len(change.value) > LARGEST:
            self._tell(CacheDropped(1, "too large"))
            change = Release(change.lease)
        size = _size(change)
        if self._bytes + size > MOST_WAITING:
            if isinstance(change, Fill):
                self._tell(CacheDropped(1, "queue full"))
            return
        self._waiting.append(change)
        self._bytes += size
        if not self._sending:
            self._sending = True
            self._next_start = asyncio.get_running_loop().call_later(EVERY, self._start)

    async def close(self) -> None:
        """Send what waits, so that no lease outlives its process for longer than it must. Nothing is begun after it."""
        if self._next_start is not None:
            self._next_start.cancel()
        await self._send_all()

    def _start(self) -> None:
        self._background.start(self._send_all())

    async def _send_all(self) -> None:
        try:
            while self._waiting:
                await self._send(self._next())
        finally:
            self._sending = False

    def _next(self) -> list[Change]:
        batch: list[Change] = []
        left = MOST_AT_ONCE
        while self._waiting and (not batch or left >= _size(self._waiting[0])):
            change = self._waiting.popleft()
            left -= _size(change)
            self._bytes -= _size(change)
            batch.append(change)
        return batch

    async def _send(self, batch: list[Change]) -> None:
        fills = sum(isinstance(change, Fill) for change in batch)
        try:
            kept, why = await self._store.write(batch), "superseded"
        except Exception:  # told by whoever guards the store; the page has its answer already
            kept, why = 0, "not written"
        if kept < fills:
            self._tell(CacheDropped(fills - kept, why))


def _size(change: Change) -> int:
    return OVERHEAD + (len(change.value) if isinstance(change, Fill) else 0)
