"""The thread that renders and writes."""

import logging
import threading
import time
from collections.abc import Callable
from typing import Final

from bff.telemetry.log.kept import kept
from bff.telemetry.log.queued import Dropped, Waiting
from bff.telemetry.log.sink import Sink

EVERY: Final = 0.05
"""Seconds between two looks at what waits."""

MOST_AT_ONCE: Final = 200

SAY_EVERY: Final = 1.0
"""Seconds between two lines about dropped ones."""

NAME: Final = "bff.log"
"""The logger that lines about the log itself come from."""


class Writer(threading.Thread):
    """A daemon: a pipe that nobody reads keeps no process from ending."""

    def __init__(self, waiting: Waiting, dropped: Dropped, render: Callable[[logging.LogRecord], str], to: Sink):
        super().__init__(name="bff-log", daemon=True)
        self._waiting = waiting
        self._dropped = dropped
        self._render = render
        self._sink = to
        self._ending = threading.Event()
        self._said_at = float("-inf")

    def run(self) -> None:
        """Until it shall end and nothing waits."""
        over = False
        while not over:
            over = self._ending.wait(EVERY)
            while records := self._next():
                self._write(records)
                self._say_what_was_dropped(at_once=False)
        self._say_what_was_dropped(at_once=True)
        self._sink.close()

    def end(self, within: float) -> None:
        """Write what waits, for so many seconds at most."""
        self._ending.set()
        self.join(within)

    def _next(self) -> list[logging.LogRecord]:
        return [self._waiting.popleft() for _ in range(min(len(self._waiting), MOST_AT_ONCE))]

    def _write(self, records: list[logging.LogRecord]) -> None:
        try:
            self._sink.write([f"{self._rendered(record)}\n" for record in records])
        except (OSError, ValueError):  # a full disk, a pipe whose reader is gone, a stream that was closed
            self._dropped.count(len(records))

    def _rendered(self, record: logging.LogRecord) -> str:
        try:
            return self._render(record)
        except Exception as error:  # one line that cannot be shown must not end all others
            about = f"a line of {record.name} could not be rendered: {type(error).__name__}"
            return self._render(_said_here(logging.ERROR, about, {}))

    def _say_what_was_dropped(self, *, at_once: bool) -> None:
        due = at_once or time.monotonic() - self._said_at >= SAY_EVERY
        if not due or not (lines := self._dropped.unsaid()):
            return
        self._said_at = time.monotonic()
        about = f"{lines} lines of log were dropped: there were too many, or nobody took them"
        self._write([_said_here(logging.WARNING, about, {"dropped": lines})])


def _said_here(level: int, text: str, fields: dict[str, int]) -> logging.LogRecord:
    own = {"name": NAME, "levelno": level, "levelname": logging.getLevelName(level), "msg": text, **fields}
    return kept(logging.makeLogRecord(own))
