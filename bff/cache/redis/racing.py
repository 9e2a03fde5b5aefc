"""Asking several at once, where any of them may know, lag behind, or never answer."""

import asyncio
from collections.abc import Coroutine, Iterable
from typing import Any, TypeVar

T = TypeVar("T")


async def first_good(attempts: Iterable[Coroutine[Any, Any, T]]) -> T:
    """What the first attempt to succeed came to; the others are ended. Raises what the last one to fail raised."""
    running = [asyncio.create_task(attempt) for attempt in attempts]
    try:
        for finished in asyncio.as_completed(running):
            try:
                return await finished
            except Exception as error:
                last = error
        raise last
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
