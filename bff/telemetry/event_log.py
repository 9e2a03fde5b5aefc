"""The log of what went wrong without costing a page: it never repeats itself more often than anybody reads."""

import logging
import time
from collections.abc import Callable
from typing import Final

from bff.events import CacheFailed, CallCrashed, CallFinished, Event, ItemsDropped

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
        if (trouble := _trouble(event)) is None:
            return
        now = self._clock()
        if now - self._spoke_at.get(trouble, float("-inf")) < QUIET_FOR:
            self._kept_back[trouble] = self._kept_back.get(trouble, 0) + 1
            return
        self._spoke_at[trouble] = now
        more = self._kept_back.pop(trouble, 0)
        crashed = event.error if isinstance(event, CallCrashed) else None
        reason = event.reason if isinstance(event, CallFinished) else None
        logger.log(
            logging.ERROR if crashed else logging.WARNING,
            "%s%s%s",
            trouble,
            f": {reason}" if reason else "",
            f" (and {more} times more since this was last said)" if more else "",
            exc_info=crashed,
        )


def _trouble(event: Event) -> str | None:
    """What is said of an event: made of names and codes, of which there is a fixed number, and never of data."""
    match event:
        case CallCrashed(source=source, call=call):
            return f"{source}.{call} raised what no upstream can cause: a bug"
        case CallFinished(source=source, call=call, code=str(code)) if code != "NOT_FOUND":
            return f"{source}.{call} failed: {code}"
        case ItemsDropped(source=source, call=call, reason=reason):
            return f"{source}.{call}: items were dropped as {reason}"
        case CacheFailed(operation=operation, reason=reason):
            return f"the cache failed to {operation}: {reason}"
        case _:
            return None
