"""What happened, as frozen data. Listeners are callables; nothing that emits knows who listens.

Durations are in seconds, by the event loop's monotonic clock.
"""

import logging
from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass

from bff.page_timeline import PageTimeline
from bff.timeline.call import CallTimeline

logger = logging.getLogger("bff")


@dataclass(frozen=True, slots=True)
class CallFinished:
    """One call of a source ended. `code` is None where it succeeded."""

    source: str
    call: str
    seconds: float
    code: str | None
    reason: str | None = None
    """In words, without any user's data."""

    timeline: CallTimeline | None = None
    """None where no call was made: it was refused at once."""


@dataclass(frozen=True, slots=True)
class PageFinished:
    """A request has its answer, or its client is gone."""

    page: PageTimeline


@dataclass(frozen=True, slots=True)
class RefreshPutOff:
    """A call was not made, because slots are scarce and there is something to show meanwhile. Nothing has failed."""

    source: str
    call: str


@dataclass(frozen=True, slots=True)
class ItemsDropped:
    """Items of an answer were dropped: broken (`reason="invalid"`), never asked for (`"unasked"`), or not to be shown
    whoever says so (`"untrusted"`: a link to a host that is not allowed).
    """

    source: str
    call: str
    count: int
    reason: str


@dataclass(frozen=True, slots=True)
class CacheRead:
    """One batch was looked up: `hits` fresh, `stale` beyond their TTL, `misses` not there. `near` came from the first
    tier, in this process.

    Of the misses so many were `expired` or `evicted` (this process had filled them, and their time was up, or was not),
    and `unread` because the cache server failed or was late; the others were never there, as far as is known here.
    """

    source: str
    call: str
    seconds: float
    hits: int
    stale: int
    misses: int
    near: int
    expired: int = 0
    evicted: int = 0
    unread: int = 0
    ages: tuple[float, ...] = ()
    """Of what was there: seconds since it was fetched."""


@dataclass(frozen=True, slots=True)
class CacheFilled:
    """An answer was kept: so many values, so many bytes as they are kept."""

    source: str
    call: str
    values: int
    bytes: int


@dataclass(frozen=True, slots=True)
class CacheEvicted:
    """The first tier was full: it let go of so many values before their time."""

    values: int


@dataclass(frozen=True, slots=True)
class CacheFailed:
    """An operation of the cache server failed or was late: `read`, `lease`, `write`, `forget` or `probe`. What is not
    read is a miss, what is not written is dropped.
    """

    operation: str
    reason: str


@dataclass(frozen=True, slots=True)
class CacheDropped:
    """So many values were not kept for others: `too large`, `queue full`, `not written`, or `superseded` by a
    change meanwhile.
    """

    values: int
    reason: str


@dataclass(frozen=True, slots=True)
class CacheHeard:
    """From now on what other processes change is heard (`whole`; `again`, where it was not), or no longer, and why."""

    whole: bool
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class CallCrashed:
    """A bug: a source's method raised what no upstream can cause. The section is null, this is how one knows."""

    source: str
    call: str
    error: BaseException


@dataclass(frozen=True, slots=True)
class CredentialsRefused:
    """An upstream answered 401 or 403: no retry will help, a person has to."""

    source: str
    call: str


@dataclass(frozen=True, slots=True)
class Retried:
    """An attempt failed with `code`; another one follows after `wait`."""

    source: str
    code: str
    wait: float


@dataclass(frozen=True, slots=True)
class Hedged:
    """An attempt took longer than `after`, the recent p95; a second one races it."""

    source: str
    after: float


@dataclass(frozen=True, slots=True)
class BreakerMoved:
    """A breaker is now `closed`, `open`, or `half-open`, which it is for each probe. In report-only mode it refuses
    nothing, and `enforced` is false.
    """

    source: str
    state: str
    enforced: bool


@dataclass(frozen=True, slots=True)
class WaitingChanged:
    """Pages wait for a source from now on, or no longer do."""

    source: str
    waits: bool
    enforced: bool


@dataclass(frozen=True, slots=True)
class WouldHaveRefused:
    """What a guard in report-only mode would have refused: `breaker`, `bulkhead` or `waiting`."""

    source: str
    guard: str


@dataclass(frozen=True, slots=True)
class LimitExceeded:
    """A request went over a limit: `tokens`, `depth`, `aliases`, `directives`, `document`, `body` or `cost`. In
    report-only mode (`enforced` false) it was let through, and so is one beyond `pages`, which else is shed.
    """

    limit: str
    count: int
    most: int
    enforced: bool


@dataclass(frozen=True, slots=True)
class RateExceeded:
    """A `viewer` or an `address` asked too often. In report-only mode (`enforced` false) it was let through."""

    by: str
    enforced: bool


@dataclass(frozen=True, slots=True)
class PageShed:
    """A request was refused because too many pages are being made, `seconds` after its headers were read."""

    seconds: float


@dataclass(frozen=True, slots=True)
class ConnectionEnded:
    """We closed a client's connection: `slow headers`, `slow body`, `idle`, `not reading`, `too many`, and so on."""

    reason: str


@dataclass(frozen=True, slots=True)
class LoopStalled:
    """The event loop has not turned for so long, or has come round again (`over`). `where` is the line it was in.

    Told from another thread while the stall lasts.
    """

    seconds: float
    where: str
    over: bool


@dataclass(frozen=True, slots=True)
class LoopTurned:
    """A timer of the event loop was so many seconds late. Told ten times a second."""

    late: float


Event = (
    CallFinished
    | PageFinished
    | RefreshPutOff
    | ItemsDropped
    | CacheRead
    | CacheFilled
    | CacheEvicted
    | CacheFailed
    | CacheDropped
    | CacheHeard
    | CallCrashed
    | CredentialsRefused
    | Retried
    | Hedged
    | BreakerMoved
    | WaitingChanged
    | WouldHaveRefused
    | LimitExceeded
    | RateExceeded
    | PageShed
    | ConnectionEnded
    | LoopStalled
    | LoopTurned
)
Listener = Callable[[Event], None]


def unheard(_: Event) -> None:
    """A listener where nobody listens."""


def tell_all(listeners: Sequence[Listener]) -> Listener:
    """One listener that passes each event on to all of them, in order. One with a `hears`, a collection of classes, is
    told of those alone: most are for few, and a page tells of many. One that raises costs nobody anything: it is logged
    once for each kind of event.
    """
    told: dict[type[Event], tuple[Listener, ...]] = {}
    failed: set[tuple[int, type[Event]]] = set()

    def tell(event: Event) -> None:
        kind = type(event)
        if kind not in told:
            told[kind] = tuple(listener for listener in listeners if _hears(listener, kind))
        for number, listener in enumerate(told[kind]):
            try:
                listener(event)
            except Exception:
                if (number, kind) not in failed:
                    failed.add((number, kind))
                    logger.exception("a listener could not be told of a %s: a bug", kind.__name__)

    return tell


def _hears(listener: Listener, kind: type[Event]) -> bool:
    kinds: Container[type[Event]] | None = getattr(listener, "hears", None)
    return kinds is None or kind in kinds
