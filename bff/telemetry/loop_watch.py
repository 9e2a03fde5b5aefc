"""Sees that the event loop stands still, while it does."""

import asyncio
import sys
import threading
import time
from collections.abc import Iterator
from types import FrameType
from typing import Final, Self

from bff.events import Listener, LoopStalled, LoopTurned

BEAT: Final = 0.1
"""Seconds between two signs of life."""

STALLED_AFTER: Final = 0.5
"""Seconds without one. With a beat it stays below the second within which a stall is to be told."""

FRAMES: Final = 3
"""Innermost ones that are told: a blocking call is often made a step or two inside a library."""


class LoopWatch:
    """Tells of a stall from a thread of its own, with the line the loop is in; and from the loop when it is over.

    A context manager, entered and left in the loop it watches.
    """

    def __init__(self, tell: Listener, *, stalled_after: float = STALLED_AFTER) -> None:
        self._tell = tell
        self._stalled_after = stalled_after
        self._beat_at = time.monotonic()
        self._told = False
        """A stall has been told, and not yet that it is over."""
        self._stopped = threading.Event()
        self._next: asyncio.TimerHandle | None = None

    def __enter__(self) -> Self:
        self._beat()
        watched = threading.get_ident()
        threading.Thread(target=self._watch, args=(watched,), name="bff-loop-watch", daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        if self._next is not None:
            self._next.cancel()

    def _beat(self) -> None:
        now = time.monotonic()
        since, self._beat_at = now - self._beat_at, now
        if self._next is not None:
            self._tell(LoopTurned(max(0.0, since - BEAT)))
        if self._told:
            self._told = False
            self._tell(LoopStalled(since, "", over=True))
        self._next = asyncio.get_running_loop().call_later(BEAT, self._beat)

    def _watch(self, watched: int) -> None:
        while not self._stopped.wait(BEAT):
            since = time.monotonic() - self._beat_at
            if since >= self._stalled_after and not self._told:
                self._told = True
                self._tell(LoopStalled(since, _where(sys._current_frames().get(watched)), over=False))


def _where(innermost: FrameType | None) -> str:
    return " < ".join(list(_lines(innermost))[:FRAMES])


def _lines(frame: FrameType | None) -> Iterator[str]:
    while frame is not None:
        yield f"{frame.f_code.co_qualname} ({frame.f_code.co_filename}:{frame.f_lineno})"
        frame = frame.f_back
