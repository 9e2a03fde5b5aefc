"""What is kept of a record until it is written: bounded, and nothing that lives on and may change."""

import logging
import math
from collections.abc import Mapping
from traceback import TracebackException
from typing import Any, Final

from bff.telemetry.log.plain import cut

MOST_OF_THE_TEXT: Final = 2_000
"""Characters. A line of it stays below what a pipe takes from several processes without mixing them up (4 kB)."""

MOST_OF_A_FIELD: Final = 500
MOST_FIELDS: Final = 40
MOST_ITEMS: Final = 20

_BLANK: Final = logging.makeLogRecord({}).__dict__
_NO_FIELDS: Final = frozenset(_BLANK) | {"message", "asctime"}
"""What every record has, and what formatters add."""

_SAID_TWICE: Final = "color_"
"""How the names of fields begin in which uvicorn repeats its text."""

DEEPEST: Final = 60
"""Frames of a stack, the last ones."""


def kept(record: logging.LogRecord) -> logging.LogRecord:
    """A record of its own, to be rendered by another thread. `fields` is what `extra=` gave."""
    copied = logging.LogRecord.__new__(logging.LogRecord)  # what its `__init__` finds out is known
    copied.__dict__ = {
        "name": record.name,
        "levelno": record.levelno,
        "levelname": record.levelname,
        "created": record.created,
        "msg": _text(record),
        "args": None,
        "exc_info": _error(record),
        "exc_text": None,
        "stack_info": record.stack_info,
        "fields": _fields(record.__dict__),
    }
    return copied


def _text(record: logging.LogRecord) -> str:
    try:
        text = str(record.msg) % record.args if record.args else str(record.msg)
    except Exception as error:  # a line that was written wrong must not cost a page
        text = f"{_shown(record.msg)} with {_shown(record.args)}, which do not fit: {type(error).__name__}"
    return cut(text, MOST_OF_THE_TEXT)


def _error(record: logging.LogRecord) -> Any:
    """Its stack as it is now; without its frames, which hold on to a request. Lines of source are read later."""
    if not record.exc_info or record.exc_info[1] is None:
        return None
    return TracebackException(*record.exc_info, limit=-DEEPEST, lookup_lines=False, compact=True)


def _fields(given: Mapping[str, Any]) -> dict[str, Any]:
    if len(given) <= len(_BLANK):
        return {}
    names = [name for name in given if name not in _NO_FIELDS and not str(name).startswith(_SAID_TWICE)]
    return {cut(str(name), 100): _bounded(given[name]) for name in names[:MOST_FIELDS]}


def _bounded(value: Any) -> Any:
    """As JSON has it."""
    match value:
        case None | bool():
            return value
        case str():
            return cut(value, MOST_OF_A_FIELD)
        case int() if -(2**63) <= value < 2**63:
            return value
        case float() if math.isfinite(value):
            return value
        case list() | tuple():
            return [_bounded_item(item) for item in value[:MOST_ITEMS]]
        case _:
            return _shown(value)


def _bounded_item(item: Any) -> Any:
    return _shown(item) if isinstance(item, list | tuple) else _bounded(item)


def _shown(value: Any) -> str:
    try:
        return cut(str(value), MOST_OF_A_FIELD)
    except Exception:
        return f"<{type(value).__name__} that cannot be shown>"
