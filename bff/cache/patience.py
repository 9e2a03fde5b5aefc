"""How long one page waits for the cache server, in all: five sections that wait side by side wait once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

CACHE_DEADLINE: Final = 0.05
"""Seconds, for any operation of the cache server, and for all that one page waits for it."""

BEAT: Final = 0.005
"""Seconds. Waiting is counted in beats of the event loop: one that stands still for longer counts once, because the
answer may lie there unread. A server must not be given up because this process is busy.
"""


class Patience:
    """What is left of it."""

    def __init__(self, seconds: float = CACHE_DEADLINE) -> None:
        self._beats = round(seconds / BEAT)
        self._waiting: list[asyncio.Timeout] = []
        self._next: asyncio.TimerHandle | None = None

    @property
    def exhausted(self) -> bool:
        """Whether there is none left."""
        return self._beats <= 0

    @asynccontextmanager
    async def spent(self) -> AsyncIterator[None]:
        """Raises `TimeoutError` out of the block when there is none left."""
        async with asyncio.timeout(0 if self.exhausted else None) as limit:
            self._begin(limit)
            try:
                yield
            finally:
                self._end(limit)

    def _begin(self, limit: asyncio.Timeout) -> None:
        if not self._waiting and not self.exhausted:
            self._next = asyncio.get_running_loop().call_later(BEAT, self._beat)
        self._waiting.append(limit)

    def _end(self, limit: asyncio.Timeout) -> None:
        self._waiting.remove(limit)
        if not self._waiting and self._next is not None:
            self._next.cancel()

    def _beat(self) -> None:
        loop = asyncio.get_running_loop()
        self._beats -= 1
        if not self.exhausted:
            self._next = loop.call_later(BEAT, self._beat)
            return
        for limit in self._waiting:
            limit.reschedule(loop.time())
