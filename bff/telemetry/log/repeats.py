"""What keeps a line from being said again and again: one, then a count."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

QUIET_FOR: Final = 10.0
"""Seconds between two lines about the same trouble; what happens meanwhile is counted."""


@dataclass(slots=True)
class _Said:
    """When a trouble was last said and with what reason, and how often it came since."""

    at: float
    reason: str | None
    again: int = 0
    otherwise: int = 0
    """How often of that for another reason."""

    def count(self, reason: str | None) -> None:
        self.again += 1
        self.otherwise += reason != self.reason


@dataclass(frozen=True, slots=True)
class More:
    """How often a trouble came since it was last said."""

    again: int = 0
    otherwise: int = 0

    def __str__(self) -> str:
        if not self.again:
            return ""
        otherwise = f", {self.otherwise} of them for another reason" if self.otherwise else ""
        return f" (and {self.again} times more since this was last said{otherwise})"


class Repeats:
    """By the name of a trouble, of which there must be a fixed number."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._said: dict[str, _Said] = {}

    def due(self, trouble: str, reason: str | None = None) -> More | None:
        """What to add to the line that is due; None where it is only counted."""
        now = self._clock()
        said = self._said.get(trouble)
        if said is not None and now - said.at < QUIET_FOR:
            said.count(reason)
            return None
        self._said[trouble] = _Said(now, reason)
        return More() if said is None else More(said.again, said.otherwise)
