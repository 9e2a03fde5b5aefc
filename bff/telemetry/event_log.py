"""The log of what went wrong without costing a page: it never repeats itself more often than anybody reads."""

import logging
import time
from collections.abc import Callable, Mapping
from typing import Final

from bff.events import BreakerMoved, Event
from bff.telemetry.log.repeats import QUIET_FOR, Repeats
from bff.telemetry.told import SAYS, Told, told

__all__ = ["QUIET_FOR", "EventLog"]

logger = logging.getLogger("bff")

FIELDS: Final = ("source", "call", "code", "guard", "operation")
"""What of an event a line carries besides its words, where the event has it."""


class EventLog:
    """A listener. One line for each kind of trouble of each source, then silence for `QUIET_FOR` seconds."""

    hears: Final = SAYS

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._repeats = Repeats(clock)
        self._open: set[str] = set()

    def __call__(self, event: Event) -> None:
        """Say it, or count it."""
        if self._is_failed_probe(event) or (line := told(event)) is None:
            return
        more = self._repeats.due(line.trouble, line.reason)
        if more is not None:
            _say(line, str(more), _fields(event) | ({"again": more.again} if more.again else {}))

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


def _fields(event: Event) -> dict[str, object]:
    return {name: value for name in FIELDS if (value := getattr(event, name, None)) is not None}


def _say(line: Told, more: str, fields: Mapping[str, object]) -> None:
    parts = [part for part in (line.trouble, line.reason, line.detail) if part]
    logger.log(line.level, "%s%s", ": ".join(parts), more, exc_info=line.error, extra=fields)
