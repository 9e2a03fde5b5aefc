"""What can be said of a document before it is parsed, and the ceilings that hold whatever the modes say."""

from dataclasses import replace
from typing import Final

from bff.events import LimitExceeded
from bff.execution.limits.exceeded import over
from bff.resilience.mode import Mode
from bff.settings.edge import Limit

CEILING: Final = 10
"""A limit that only reports still refuses so many times as much: parsing and validation stay bounded."""


def ceiling(limit: Limit) -> Limit:
    """The limit that is enforced in any mode."""
    return limit if limit.mode is Mode.ENFORCE else Limit(CEILING * limit.most)


def too_long(text: str, limit: Limit) -> list[LimitExceeded]:
    """Told of its bytes in UTF-8, which are counted only where there may be too many."""
    if len(text) * 4 <= limit.most:
        return []
    count = len(text) if text.isascii() else len(text.encode(errors="surrogatepass"))
    return over("document", count, ceiling(limit)) or over("document", count, limit)


def reported(limit: Limit) -> Limit:
    """The same, only told."""
    return replace(limit, mode=Mode.REPORT_ONLY)
