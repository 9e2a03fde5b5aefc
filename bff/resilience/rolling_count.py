"""How often something happened lately."""

import asyncio
from typing import Final

SLICES: Final = 10


class RollingCount:
    """Counts what happened in the last `window` seconds, exact to a tenth of the window, in constant memory.

    The window is a ring of slices; a slice is emptied when its time comes round again.
    """

    def __init__(self, window: float) -> None:
        self._width = window / SLICES
        self._slices = [0] * SLICES
        self._now = 0
        """The number of the slice that time is in, counted from the loop's zero."""

    def add(self) -> None:
        """It happened once more."""
        self._turn()
        self._slices[self._now % SLICES] += 1

    def total(self) -> int:
        """How often it happened within the window."""
        self._turn()
        return sum(self._slices)

    def clear(self) -> None:
        """Forget."""
        self._slices = [0] * SLICES

    def _turn(self) -> None:
        now = int(asyncio.get_running_loop().time() / self._width)
        for passed in range(max(self._now + 1, now - SLICES + 1), now + 1):
            self._slices[passed % SLICES] = 0
        self._now = now
