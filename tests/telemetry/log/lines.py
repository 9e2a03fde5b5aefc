"""What a log has written."""

import io
import json
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from bff.telemetry.log.logging_to import logging_to

Line = Mapping[str, Any]


class Written(list[Line]):
    """Lines of JSON, once the log is closed."""

    text = ""


@contextmanager
def json_lines(level: int = logging.INFO) -> Iterator[Written]:
    """Filled when it is left."""
    stream, written = io.StringIO(), Written()
    with logging_to(stream, format="json", level=level):
        yield written
    written.text = stream.getvalue()
    written.extend(json.loads(line) for line in written.text.splitlines())


class Terminal(io.StringIO):
    """Says that it is one."""

    def isatty(self) -> bool:
        return True


@contextmanager
def unheard() -> Iterator[None]:
    """pytest keeps what is logged, and tells other processes of it: not of this."""
    root = logging.getLogger()
    heard, root.handlers = root.handlers, []
    try:
        yield
    finally:
        root.handlers = heard
