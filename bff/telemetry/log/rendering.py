"""From a kept record to a line."""

import logging
from collections.abc import MutableMapping
from datetime import UTC, datetime
from traceback import TracebackException
from typing import Any, Final

from structlog.dev import ConsoleRenderer, plain_traceback
from structlog.processors import JSONRenderer
from structlog.stdlib import ProcessorFormatter
from structlog.typing import Processor

from bff.telemetry.log.plain import cut_in_the_middle, plain, plain_lines

MOST_OF_A_STACK: Final = 16_000
"""Characters."""

FORMATS: Final = ("json", "text")


def formatter(form: str, *, colours: bool) -> logging.Formatter:
    """One object a line, or words for people. Expects records as `kept` makes them."""
    return ProcessorFormatter(processors=[_arranged, _for_machines() if form == "json" else _for_people(colours)])


def _for_machines() -> Processor:
    return JSONRenderer()  # ASCII: what is not is escaped


def _for_people(colours: bool) -> Processor:
    # its own choice, rich, would print the variables of every frame
    return ConsoleRenderer(
        colors=colours, timestamp_key="time", sort_keys=False, pad_event_to=0, exception_formatter=plain_traceback
    )


def _arranged(_: Any, level: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    record: logging.LogRecord = event["_record"]
    line = {
        "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "level": level,
        "logger": plain(record.name),
        "event": plain(event["event"]),
    }
    for name, value in record.__dict__["fields"].items():
        line.setdefault(plain(name), _plain(value))
    if event.get("stack_info"):
        line["stack"] = _stack(event["stack_info"])
    if isinstance(error := event.get("exc_info"), TracebackException):
        line["exception"] = _stack("".join(error.format()).rstrip())
    return line


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return plain(value)
    return [_plain(item) for item in value] if isinstance(value, list) else value


def _stack(text: str) -> str:
    return plain_lines(cut_in_the_middle(text, MOST_OF_A_STACK))
