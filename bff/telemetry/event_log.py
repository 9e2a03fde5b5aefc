"""The log of what went wrong without costing a page: it never repeats itself more often than anybody reads."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from bff.events import BreakerMoved, Event
from bff.telemetry.told import Told, told

logger = logging.getLogger("bff")

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

    def __str__(self) -> str:
        if not self.again:
            return ""
        otherwise = f", {self.otherwise} of them for another reason" if self.otherwise else ""
        return f" (and {self.again} times more since this was last said{otherwise})"


class EventLog:
    """A listener. One line for each kind of trouble of each source, then silence for `QUIET_FOR` seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._said: dict[str, _Said] = {}
        self._open: set[str] = set()

    def __call__(self, event: Event) -> None:
        """Say it, or count it."""
        if self._is_failed_probe(event) or (line := told(event)) is None:
            return
        now = self._clock()
        said = self._said.get(line.trouble)
        if said is not None and now - said.at < QUIET_FOR:
            said.count(line.reason)
            return
        self._said[line.trouble] = _Said(now, line.reason)
        _say(line, str(said or ""))

    def _is_failed_probe(self, event: Event) -> bool:
        """Whether a breaker is open again that was open before: what the probe failed of is told already."""
        match event:
            case BreakerMoved(source=source, state="open") if source in self._open:
                return True
            case BreakerMoved(source=source, state="open"):
                self._open.add(source)
            case BreakerMoved(source=source, state="closed"):
                self._open.discard(source)
        return False


def _say(line: Told, more: str) -> None:
    parts = [part for part in (line.trouble, line.reason, line.detail) if part]
    logger.log(line.level, "%s%s", ": ".join(parts), more, exc_info=line.error)
