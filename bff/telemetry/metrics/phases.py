"""Where the time of one call went, as its timeline tells. What was not seen to end ended with its attempt."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from bff.telemetry.waterfall.model import Phase
from bff.timeline import clock
from bff.timeline.call import Attempt, CallTimeline
from bff.timeline.exchange import Exchange
from bff.timeline.load import LoadTimeline

Stretch = tuple[Phase, float]
"""And its seconds."""

TOLERANCE: Final = 0.001
"""Seconds. Less than passes between two leases of one call."""


def attempts_within(call: CallTimeline, seconds: float) -> list[Attempt]:
    """Those of the last so many seconds. A call that got its leases one after another is told of once for each: what
    came before has been told.
    """
    begun = _end(call) - seconds - TOLERANCE
    return [attempt for attempt in call.attempts if attempt.started_at >= begun]


def of_call(call: CallTimeline, seconds: float, attempts: Sequence[Attempt]) -> Iterator[Stretch]:
    """From asking for the lease to the end of these attempts, which took so many seconds. How long it waited for
    another process is told by pages.
    """
    if len(attempts) == len(call.attempts) and call.asked_at is not None:
        leased_at = call.asked_at if call.elsewhere_at is None else min(call.elsewhere_at, call.asked_at)
        yield Phase.CACHE, leased_at - call.started_at
    end = _end(call)
    yield Phase.QUEUE, (attempts[0].started_at if attempts else end) - (end - seconds)
    for earlier, later in pairwise(attempts):
        if earlier.ended_at is not None and later.started_at > earlier.ended_at:
            yield Phase.BACKOFF, later.started_at - earlier.ended_at
    for attempt in attempts:
        for exchange in attempt.exchanges:
            yield from of_exchange(exchange, attempt.ended_at)


def _end(call: CallTimeline) -> float:
    return clock.now() if call.ended_at is None else call.ended_at


def of_exchange(exchange: Exchange, ended_at: float | None) -> Iterator[Stretch]:
    """Each phase that it came to; the one in which it was given up lasted until its attempt's end."""
    at = exchange.sent_at
    marks = (
        (Phase.CONNECT, exchange.connected_at),
        (Phase.FIRST_BYTE, exchange.first_byte_at),
        (Phase.BODY, exchange.body_at),
        (Phase.DECODE, exchange.decoded_at),
    )
    seen = [(phase, mark) for phase, mark in marks if mark is not None]
    for phase, mark in seen:
        yield phase, mark - at
        at = mark
    if ended_at is not None and len(seen) < len(marks) and (given_up_in := _next_phase(exchange)) is not None:
        yield given_up_in, ended_at - at


def _next_phase(exchange: Exchange) -> Phase | None:
    """What it was in the middle of. A transport that marks no connection is taken to be past it."""
    if exchange.decoded_at is not None or exchange.body_at is not None:
        return None
    return Phase.FIRST_BYTE if exchange.first_byte_at is None else Phase.BODY


def elsewhere(load: LoadTimeline) -> float:
    """For how many seconds a page waited for what another process was fetching."""
    call = load.waited_for
    if call is None or call.elsewhere_at is None:
        return 0.0
    until = load.settled_at if call.asked_at is None else min(call.asked_at, load.settled_at)
    return max(0.0, until - max(call.elsewhere_at, load.looked_up_at))
