"""Operations of a server that go on when nobody waits for them any more."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, Final, TypeVar

from bff.cache.background import Background
from bff.errors import DeadlineExceeded, UpstreamFailed
from bff.resilience.deadline import Deadline

T = TypeVar("T")

Work = Callable[[], Awaitable[T]]

ENDS_AFTER: Final = 2.0
"""Seconds after which an operation that nobody waits for is cut off, should the store not have done so."""

TICKS_TO_READ: Final = 5
"""Of the event loop, in which an answer that has arrived gets from its socket to whoever waits."""


class Operations:
    """What is late goes on in the background: connecting, or asking Sentinels or a cluster who is there, may take
    longer than a page waits, and has to get done once.
    """

    def __init__(self, at_fault: Callable[[BaseException], bool], background: Background) -> None:
        self._at_fault = at_fault
        self._background = background

    async def in_time(self, work: Work[T], late: Callable[[T], None], deadline: Deadline) -> T:
        """What it comes to by the deadline; `late` is told what comes when nobody waits any more.

        Raises `DeadlineExceeded`, `UpstreamFailed` where the server is at fault, or whatever else the work raises.
        """
        working = self._background.run(to_its_end(work))
        try:
            await _awaited(working, deadline)
        except BaseException:
            working.add_done_callback(partial(_came_late, late))
            raise
        try:
            return working.result()
        except Exception as error:
            if self._at_fault(error):
                raise UpstreamFailed(type(error).__name__) from error
            raise


async def to_its_end(work: Work[T]) -> T:
    """For as long as anything may take."""
    async with asyncio.timeout(ENDS_AFTER):
        return await work()


def reason(error: Exception) -> str:
    """Why it failed, as a word."""
    match error:
        case DeadlineExceeded() | TimeoutError():
            return "late"
        case UpstreamFailed():
            return str(error)
        case _:
            return type(error).__name__


async def _awaited(working: "asyncio.Task[Any]", deadline: Deadline) -> None:
    """A loop that lags reads its timers before its sockets: an answer that lies there already is not late."""
    await asyncio.wait((working,), timeout=deadline.left())
    for _ in range(TICKS_TO_READ):
        if not working.done():
            await asyncio.sleep(0)
    if not working.done():
        raise DeadlineExceeded("the cache server is late")


def _came_late(late: Callable[[T], None], working: "asyncio.Task[T]") -> None:
    if not working.cancelled() and working.exception() is None:
        late(working.result())
