"""The log of what went wrong without costing a page: it never repeats itself more often than anybody reads."""

import logging
import time
from collections.abc import Callable
from typing import Final

from bff.events import Event
from bff.telemetry.told import told

logger = logging.getLogger("bff")

QUIET_FOR: Final = 10.0
"""Seconds between two lines about the same trouble; what happens meanwhile is counted."""


class EventLog:
    """A listener. One line for each kind of trouble of each source, then silence for `QUIET_FOR` seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._spoke_at: dict[str, float] = {}
        self._kept_back: dict[str, int] = {}

    def __call__(self, event: Event) -> None:
        """Say it, or count it."""
        if (line := told(event)) is None:
            return
        now = self._clock()
        if now - self._spoke_at.get(line.trouble, float("-inf")) < QUIET_FOR:
            self._kept_back[line.trouble] = self._kept_back.get(line.trouble, 0) + 1
            return
        self._spoke_at[line.trouble] = now
        more = self._kept_back.pop(line.trouble, 0)
        logger.log(
            line.level,
            "%s%s%s",
            line.trouble,
            f": {line.detail}" if line.detail else "",
            f" (and {more} times more since this was last said)" if more else "",
            exc_info=line.error,
        )
