"""The handler that nobody waits for: what does not fit is dropped and counted."""

import logging
from collections import deque
from logging.handlers import QueueHandler
from threading import Lock
from typing import Final

from bff.telemetry.log.kept import kept

MOST: Final = 10_000
"""Records that wait to be written."""

Waiting = deque[logging.LogRecord]


class Dropped:
    """How many lines were dropped: in all, and since somebody last asked."""

    def __init__(self) -> None:
        self.total = 0
        self._unsaid = 0
        self._lock = Lock()

    def count(self, lines: int) -> None:
        """So many more."""
        with self._lock:
            self.total += lines
            self._unsaid += lines

    def unsaid(self) -> int:
        """Since this was last asked."""
        with self._lock:
            unsaid, self._unsaid = self._unsaid, 0
            return unsaid


class Queued(QueueHandler):
    """Puts what is kept of a record in a row. Nothing is rendered or written here, and nobody is woken: that alone
    would cost more than the rest.
    """

    def __init__(self, waiting: Waiting, dropped: Dropped, most: int) -> None:
        super().__init__(waiting)  # type: ignore[arg-type]  # `enqueue` knows what it is
        self._waiting = waiting
        self._dropped = dropped
        self._most = most

    def emit(self, record: logging.LogRecord) -> None:
        """Keep it for the writer."""
        if len(self._waiting) >= self._most:
            self._dropped.count(1)
        else:
            super().emit(record)

    def prepare(self, record: logging.LogRecord) -> logging.LogRecord:
        """As `kept` says."""
        return kept(record)

    def enqueue(self, record: logging.LogRecord) -> None:
        """Whoever writes looks by itself."""
        self._waiting.append(record)

    def handleError(self, _: logging.LogRecord) -> None:  # noqa: N802 logging's name
        """Not by writing to stderr, which may be the pipe that is blocked."""
        self._dropped.count(1)
