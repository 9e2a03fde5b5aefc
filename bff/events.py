"""What happened, as frozen data. Listeners are callables; nothing that emits knows who listens.

Durations are in seconds, by the event loop's monotonic clock.
"""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CallFinished:
    """One call of a source ended. `code` is None where it succeeded."""

    source: str
    call: str
    seconds: float
    code: str | None
    reason: str | None = None
    """In words, without any user's data."""


@dataclass(frozen=True, slots=True)
class ItemsDropped:
    """Items of an answer were dropped: broken (`reason="invalid"`) or never asked for (`"unasked"`)."""

    source: str
    call: str
    count: int
    reason: str


@dataclass(frozen=True, slots=True)
class CacheRead:
    """One batch was looked up: `hits` fresh, `stale` beyond their TTL, `misses` not there."""

    source: str
    call: str
    seconds: float
    hits: int
    stale: int
    misses: int


@dataclass(frozen=True, slots=True)
class CacheFailed:
    """A cache operation failed or was late. A failed read is a miss, a failed write is forgotten."""

    operation: str
    reason: str


@dataclass(frozen=True, slots=True)
class CallCrashed:
    """A bug: a source's method raised what no upstream can cause. The section is null, this is how one knows."""

    source: str
    call: str
    error: BaseException


Event = CallFinished | ItemsDropped | CacheRead | CacheFailed | CallCrashed
Listener = Callable[[Event], None]


def tell_all(listeners: tuple[Listener, ...]) -> Listener:
    """One listener that passes each event on to all of them, in order."""

    def tell(event: Event) -> None:
        for listener in listeners:
            listener(event)

    return tell
