"""What the log says of an event."""

import logging
from dataclasses import dataclass

from bff.events import (
    BreakerMoved,
    CacheFailed,
    CallCrashed,
    CallFinished,
    CredentialsRefused,
    Event,
    ItemsDropped,
    LoopStalled,
    WaitingChanged,
    WouldHaveRefused,
)


@dataclass(frozen=True, slots=True)
class Told:
    """What is said of an event. `trouble` is made of names and codes, of which there is a fixed number, not of data."""

    trouble: str
    detail: str | None = None
    level: int = logging.WARNING
    error: BaseException | None = None


def told(event: Event) -> Told | None:
    """What to say of an event, if it is worth a line."""
    match event:
        case CallCrashed(source=source, call=call, error=error):
            trouble = f"{source}.{call} raised what no upstream can cause: a bug"
            return Told(trouble, level=logging.ERROR, error=error)
        case CredentialsRefused(source=source, call=call):
            trouble = f"{source} refuses our credentials: no retry will help, somebody has to mend them"
            return Told(trouble, f"first seen by {call}", logging.ERROR)
        case BreakerMoved() | WaitingChanged() | WouldHaveRefused():
            return _of_a_guard(event)
        case LoopStalled(seconds=seconds, where=where, over=over):
            return _of_the_loop(seconds, where, over)
        case _:
            return _of_data(event)


def _of_data(event: Event) -> Told | None:
    match event:
        case CallFinished(source=source, call=call, code=str(code), reason=reason) if code != "NOT_FOUND":
            return Told(f"{source}.{call} failed: {code}", reason)
        case ItemsDropped(source=source, call=call, reason=reason):
            return Told(f"{source}.{call}: items were dropped as {reason}")
        case CacheFailed(operation=operation, reason=reason):
            return Told(f"the cache failed to {operation}: {reason}")
        case _:
            return None


def _of_the_loop(seconds: float, where: str, over: bool) -> Told:
    if over:
        return Told("the event loop turns again", f"it stood still for {seconds:.1f} s")
    return Told("the event loop stands still and nothing is served", f"for {seconds:.1f} s, in {where}", logging.ERROR)


def _of_a_guard(event: BreakerMoved | WaitingChanged | WouldHaveRefused) -> Told | None:
    match event:
        case BreakerMoved(source=source, state="open", enforced=enforced):
            calls = "it is called no more, but for a probe now and then" if enforced else "report-only: calls go on"
            return Told(f"{source}: breaker open", calls)
        case BreakerMoved(source=source, state="closed"):
            return Told(f"{source}: breaker closed", "it is called again", logging.INFO)
        case WaitingChanged(source=source, waits=False, enforced=enforced):
            pages = "pages do not wait for it" if enforced else "report-only: pages wait on"
            return Told(f"{source}: no recent call was in time", pages)
        case WaitingChanged(source=source):
            return Told(f"{source}: a call was in time", "pages wait for it again", logging.INFO)
        case WouldHaveRefused(source=source, guard=guard):
            return Told(f"{source}: {guard} is report-only and would have refused", level=logging.INFO)
        case _:
            return None
