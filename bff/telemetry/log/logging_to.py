"""Logging, switched on for a while."""

import logging
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType
from typing import Final, TextIO

from bff.telemetry.log.queued import MOST, Dropped, Queued, Waiting
from bff.telemetry.log.rendering import FORMATS, formatter
from bff.telemetry.log.sink import sink
from bff.telemetry.log.writer import Writer

LAST_LINES: Final = 1.0
"""Seconds that there are at the end to write what waits."""

NOTHING_MORE: Final[Mapping[str, int]] = MappingProxyType({})


@contextmanager
def logging_to(
    stream: TextIO,
    *,
    format: str,  # noqa: A002 the setting's name
    level: int = logging.INFO,
    levels: Mapping[str, int] = NOTHING_MORE,
    most: int = MOST,
) -> Iterator[Dropped]:
    """What all loggers, and warnings, say goes to the stream: `json`, or `text` in colours where that is a terminal.

    No caller ever waits for it: at most so many records wait, and what was dropped is counted in what this yields.
    `levels` are those of single loggers. To be entered by each process for itself. Leaving it takes all away again.
    """
    if format not in FORMATS:
        raise ValueError(f"a log is {' or '.join(FORMATS)}, not {format!r}")
    waiting, dropped = Waiting(), Dropped()
    colours = format == "text" and stream.isatty() and not os.environ.get("NO_COLOR")
    writer = Writer(waiting, dropped, formatter(format, colours=colours).format, sink(stream))
    handler = Queued(waiting, dropped, most)
    writer.start()
    try:
        with _installed(handler, {"": level, **levels}):
            yield dropped
    finally:
        writer.end(LAST_LINES)


@contextmanager
def _installed(handler: logging.Handler, levels: Mapping[str, int]) -> Iterator[None]:
    root = logging.getLogger()
    before = {name: logging.getLogger(name).level for name in levels}
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)
    root.addHandler(handler)
    logging.captureWarnings(True)
    try:
        yield
    finally:
        logging.captureWarnings(False)
        root.removeHandler(handler)
        for name, level in before.items():
            logging.getLogger(name).setLevel(level)
