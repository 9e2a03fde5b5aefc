"""How late the event loop turns, and how busy it is."""

import asyncio
import time
from collections.abc import Callable

from bff.web.room import EVERY


class Pulse:
    """Tells `told` seconds and a share, from `begin` to `cease`."""

    def __init__(self, told: Callable[[float, float], None]) -> None:
        self._told = told
        self._due = 0.0
        self._used = 0.0
        self._next: asyncio.TimerHandle | None = None

    def begin(self) -> None:
        """The first look is one pause away."""
        self._due = time.monotonic() + EVERY
        self._used = time.thread_time()
        self._next = asyncio.get_running_loop().call_later(EVERY, self._beat)

    def cease(self) -> None:
        """No more."""
        if self._next is not None:
            self._next.cancel()

    def _beat(self) -> None:
        late = max(0.0, time.monotonic() - self._due)
        self._told(late, (time.thread_time() - self._used) / (EVERY + late))
        self.begin()
