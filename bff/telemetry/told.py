"""What the log says of an event."""

import logging
from dataclasses import dataclass
from typing import Final

from bff.events import (
    BreakerMoved,
    CacheDropped,
    CacheFailed,
    CacheHeard,
    CallCrashed,
    CallFinished,
    ConnectionEnded,
    CredentialsRefused,
    Event,
    ItemsDropped,
    LimitExceeded,
    LoopStalled,
    PageShed,
    RateExceeded,
    WaitingChanged,
    WouldHaveRefused,
)

CACHE: Final = ("cache", "cache leases", "cache documents")
"""What the breakers before the cache server are called where sources have their names."""

ABOUT_CREDENTIALS: Final = "are our credentials right?"
"""How the reason of a call ends of which `CredentialsRefused` tells too."""


SAYS: Final = frozenset(
    {
        BreakerMoved,
        CacheDropped,
        CacheFailed,
        CacheHeard,
        CallCrashed,
        CallFinished,
        ConnectionEnded,
        CredentialsRefused,
        ItemsDropped,
        LimitExceeded,
        LoopStalled,
        PageShed,
        RateExceeded,
        WaitingChanged,
        WouldHaveRefused,
    }
)
"""The events of which there may be something to say."""


@dataclass(frozen=True, slots=True)
class Told:
    """What is said of an event. `trouble` is made of names and codes, of which there is a fixed number, not of data.

    What has the same trouble for another `reason` is counted apart; `detail` is said, and makes no difference.
    """

    trouble: str
    reason: str | None = None
    detail: str | None = None
    level: int = logging.WARNING
    error: BaseException | None = None


def told(event: Event) -> Told | None:
    """What to say of an event, if it is worth a line."""
    match event:
        case BreakerMoved() | WaitingChanged() | WouldHaveRefused():
            return _of_a_guard(event)
        case CacheFailed() | CacheDropped() | CacheHeard():
            return _of_the_cache(event)
        case PageShed() | LimitExceeded() | RateExceeded() | ConnectionEnded():
            return _of_the_edge(event)
        case LoopStalled(seconds=seconds, where=where, over=over):
            return _of_the_loop(seconds, where, over)
        case CallFinished() | ItemsDropped() | CallCrashed() | CredentialsRefused():
            return _of_a_call(event)
        case _:
            return None


def _of_a_call(event: CallFinished | ItemsDropped | CallCrashed | CredentialsRefused) -> Told | None:
    match event:
        case CallCrashed(source=source, call=call, error=error):
            trouble = f"{source}.{call} raised what no upstream can cause: a bug"
            return Told(trouble, level=logging.ERROR, error=error)
        case CredentialsRefused(source=source, call=call):
            trouble = f"{source} refuses our credentials: no retry will help, somebody has to mend them"
            return Told(trouble, detail=f"seen by {call}", level=logging.ERROR)
        case CallFinished(source=source, call=call, code="BULKHEAD_FULL", reason=reason):
            return Told(f"{source}.{call} failed: BULKHEAD_FULL", detail=reason)  # which says how many there were
        case CallFinished(source=source, call=call, code=str(code), reason=reason) if _is_news(code, reason):
            return Told(f"{source}.{call} failed: {code}", reason)
        case ItemsDropped(source=source, call=call, reason=reason):
            hint = f"its links may lead to BFF_{source.upper()}__LINK_HOSTS alone"
            return Told(
                f"{source}.{call}: items were dropped as {reason}", detail=hint if reason == "untrusted" else None
            )
        case _:
            return None


def _is_news(code: str, reason: str | None) -> bool:
    """What does not exist is no trouble; of refused credentials another event tells."""
    return code != "NOT_FOUND" and not (reason or "").endswith(ABOUT_CREDENTIALS)


def _of_the_cache(event: CacheFailed | CacheDropped | CacheHeard) -> Told | None:
    match event:
        case CacheFailed(operation=operation, reason=reason):
            return Told(f"the cache failed to {operation}: {reason}")
        case CacheDropped(values=values, reason=reason):
            level = logging.INFO if reason == "superseded" else logging.WARNING  # whoever forgets means it
            return Told(f"values were not kept for other processes: {reason}", detail=f"{values} at once", level=level)
        case CacheHeard(whole=True, reason=None):  # as one expects at the start
            return None
        case CacheHeard(whole=True):
            return Told("the cache server is heard again", level=logging.INFO)
        case CacheHeard(reason=reason):
            kept = "until it is, this process keeps values for itself only while that server is gone altogether"
            return Told("the cache server cannot be heard", reason, kept)


def _of_the_edge(event: PageShed | LimitExceeded | RateExceeded | ConnectionEnded) -> Told | None:
    match event:
        case PageShed():
            return Told("requests are shed: as many pages are being made as BFF_PAGES_IN_FLIGHT allows")
        case LimitExceeded(limit=limit, count=count, most=most, enforced=enforced):
            over = f"a request was over the limit of {limit}" if enforced else f"{limit}: report-only, and exceeded"
            return Told(over, detail=f"{count}, and {most} are allowed", level=logging.INFO)
        case RateExceeded(by=by, enforced=enforced):
            often = f"requests beyond the rate of one {by}"
            return Told(often if enforced else f"{often}: report-only, let through", level=logging.INFO)
        case ConnectionEnded(reason=reason):
            level = logging.WARNING if reason == "too many" else logging.INFO
            return Told(f"connections of clients were closed: {reason}", level=level)


def _of_the_loop(seconds: float, where: str, over: bool) -> Told:
    if over:
        return Told("the event loop turns again", detail=f"it stood still for {seconds:.1f} s")
    still = "the event loop stands still and nothing is served"
    return Told(still, detail=f"for {seconds:.1f} s, in {where}", level=logging.ERROR)


def _of_a_guard(event: BreakerMoved | WaitingChanged | WouldHaveRefused) -> Told | None:
    match event:
        case BreakerMoved(source=source, state="open", enforced=enforced):
            no_more = f"it is {_asked(source)} no more, but for a probe now and then"
            return Told(f"{source}: breaker open", detail=no_more if enforced else "report-only: calls go on")
        case BreakerMoved(source=source, state="closed"):
            return Told(f"{source}: breaker closed", detail=f"it is {_asked(source)} again", level=logging.INFO)
        case WaitingChanged(source=source, waits=False, enforced=enforced):
            pages = "pages do not wait for it" if enforced else "report-only: pages wait on"
            return Told(f"{source}: no recent call was in time", detail=pages)
        case WaitingChanged(source=source):
            return Told(f"{source}: a call was in time", detail="pages wait for it again", level=logging.INFO)
        case WouldHaveRefused(source=source, guard=guard):
            return Told(f"{source}: {guard} is report-only and would have refused", level=logging.INFO)
        case _:
            return None


def _asked(name: str) -> str:
    return "asked" if name in CACHE else "called"
