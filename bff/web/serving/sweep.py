"""One timer for all connections: deadlines are looked through, not set and cancelled for each request."""

import asyncio
import time
from collections.abc import Callable, Collection
from typing import Final, Protocol

TICK: Final = 1.0
"""Seconds between two looks, or a fifth of the shortest deadline."""

AT_ONCE: Final = 20
"""Connections that are ended in one turn of the event loop: a flood's end must not stall pages."""

BETWEEN: Final = 0.005
"""Seconds until the next ones, where there are more."""


class Swept(Protocol):
    """A connection."""

    def overdue(self, now: float) -> str | None:
        """Why it is to be ended, if so."""

    def end(self, reason: str) -> None:
        """End it."""


class Sweep:
    """Runs from `begin` to `cease`, which only stops the next look."""

    def __init__(self, connections: Callable[[], Collection[Swept]], shortest: float) -> None:
        self._connections = connections
        self._tick = min(TICK, shortest / 5)
        self._next: asyncio.TimerHandle | None = None
        self._expected = 0.0

    def begin(self) -> None:
        """The first look is one tick away."""
        self._look_in(self._tick)

    def cease(self) -> None:
        """No more."""
        if self._next is not None:
            self._next.cancel()

    def _look(self) -> None:
        now = time.monotonic()
        if now - self._expected > self._tick:  # we stood still: what clients have sent meanwhile is not read yet
            self._look_in(self._tick)
            return
        due = [(one, reason) for one in self._connections() if (reason := one.overdue(now)) is not None]
        for one, reason in due[:AT_ONCE]:
            one.end(reason)
        self._look_in(BETWEEN if len(due) > AT_ONCE else self._tick)

    def _look_in(self, seconds: float) -> None:
        self._expected = time.monotonic() + seconds
        self._next = asyncio.get_running_loop().call_later(seconds, self._look)
