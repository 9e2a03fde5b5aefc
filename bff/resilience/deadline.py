"""A point in time by which somebody stops waiting."""

import asyncio
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class Deadline:
    """A point on the event loop's monotonic clock, in seconds. Clock changes do not move it (S5)."""

    at: float

    @classmethod
    def after(cls, seconds: float) -> Self:
        """The point `seconds` from now."""
        return cls(asyncio.get_running_loop().time() + seconds)

    def left(self) -> float:
        """Seconds until then, never below zero."""
        return max(0.0, self.at - asyncio.get_running_loop().time())

    def within(self, seconds: float) -> "Deadline":
        """The sooner of this point and `seconds` from now: a budget only ever shrinks."""
        return Deadline(min(self.at, asyncio.get_running_loop().time() + seconds))
