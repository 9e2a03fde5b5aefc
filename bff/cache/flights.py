"""Work under way: it belongs to the app and to nobody's request."""

import asyncio
import contextvars
from collections.abc import Callable, Coroutine
from typing import Any


class Flights:
    """Tasks that outlive the request that started them.

    Each starts in an empty context, so that no deadline or trace of one request leaks into work others wait for.
    They are bounded by the guards they run inside; here they are only kept, and ended with the app.
    """

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Run `work` to its end, whoever waits for it or stops waiting."""
        task = contextvars.Context().run(asyncio.create_task, work())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def __len__(self) -> int:
        return len(self._tasks)

    async def close(self) -> None:
        """Cancel what is under way and wait until it has ended."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
