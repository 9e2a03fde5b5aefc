"""Work that belongs to the app and to no request: kept, so that it is not lost, and ended with the app."""

import asyncio
import contextvars
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class Background:
    """Tasks in empty contexts, so that no deadline or trace of one request leaks into work others wait for (trap 4)."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()

    def __len__(self) -> int:
        return len(self._tasks)

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        """Start it."""
        _ = self.run(work)

    def run(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Start it, for whoever is interested in how it ends."""
        task = asyncio.get_running_loop().create_task(work, context=contextvars.Context())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def settle(self, within: float) -> None:
        """Wait for what is under way, so many seconds at most."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=within)

    async def close(self) -> None:
        """End all of it, and wait until it has ended."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
