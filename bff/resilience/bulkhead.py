"""How many calls of one source may be under way at once."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from bff.errors import BulkheadFull

T = TypeVar("T")


class Bulkhead:
    """At most `limit` attempts at once; one more waits at most `max_wait` seconds, then is refused.

    This, and no limit inside the HTTP client, bounds connections: a client's own limit loses slots when
    calls are cancelled, and is wedged for good.
    """

    def __init__(self, limit: int, *, max_wait: float) -> None:
        self._slots = asyncio.Semaphore(limit)
        self._limit = limit
        self._max_wait = max_wait

    async def __call__(self, attempt: Callable[[], Awaitable[T]], /) -> T:
        """Run the attempt in a slot. Raises `BulkheadFull`, which is no failure of the upstream."""
        await self._take_slot()
        try:
            return await attempt()
        finally:
            self._slots.release()

    async def _take_slot(self) -> None:
        if self._max_wait == 0 and self._slots.locked():
            raise BulkheadFull(f"all {self._limit} calls allowed at once are under way")
        try:
            async with asyncio.timeout(self._max_wait or None):
                await self._slots.acquire()
        except TimeoutError as late:
            raise BulkheadFull(
                f"all {self._limit} calls allowed at once were under way for {self._max_wait:g} s"
            ) from late
