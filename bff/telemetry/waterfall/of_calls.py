"""One call: its phases in a row as whoever waits meets them, and its attempts side by side."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from bff.telemetry.waterfall.model import AttemptBars, CallBars, Phase
from bff.telemetry.waterfall.pieces import Piece, clipped, filled, joined
from bff.timeline.call import Attempt, CallTimeline
from bff.timeline.exchange import Exchange

UNREACHABLE = "UPSTREAM_UNREACHABLE"


def pieces_of(call: CallTimeline, now: float) -> list[Piece]:
    """In a row, from taking off to the outcome, or to now."""
    return joined([*_before(call, now), *_trying(call, now)])


def call_bars(call: CallTimeline, zero: float, now: float, request_id: str) -> CallBars:
    """As it is shown beside the request with that id, whose beginning is `zero`."""
    own = {Phase.CACHE, Phase.ELSEWHERE, Phase.QUEUE, Phase.BACKOFF}
    return CallBars(
        source=call.source,
        call=call.call,
        keys=call.keys,
        start=call.started_at - zero,
        end=None if call.ended_at is None else call.ended_at - zero,
        before=tuple(piece.bar(zero) for piece in pieces_of(call, now) if piece.phase in own),
        attempts=tuple(_attempt_bars(call, index, zero, now) for index in range(len(call.attempts))),
        code=call.code,
        reason=call.reason,
        made_for=None if call.request_id == request_id else call.request_id,
    )


def _before(call: CallTimeline, now: float) -> Iterator[Piece]:
    """Until it stands before the guards."""
    end = now if call.ended_at is None else call.ended_at
    until = end if call.asked_at is None else call.asked_at
    elsewhere = until if call.elsewhere_at is None else min(call.elsewhere_at, until)
    if elsewhere > call.started_at:
        yield Piece(Phase.CACHE, call.started_at, elsewhere, call.source)
    if until > elsewhere:
        yield Piece(Phase.ELSEWHERE, elsewhere, until, call.source)


def _trying(call: CallTimeline, now: float) -> Iterator[Piece]:
    """From the guards on: of attempts that race each other, the one that won."""
    if call.asked_at is None:
        return
    end = now if call.ended_at is None else call.ended_at
    at, between = call.asked_at, Phase.QUEUE
    tried = list(_that_count(call.attempts))
    for attempt, following in pairwise([*tried, None]):
        assert attempt is not None, "only the last one has none behind it"
        if attempt.started_at > at:
            yield Piece(between, at, attempt.started_at, call.source)
        until = now if attempt.ended_at is None else attempt.ended_at
        until = until if following is None else min(until, following.started_at)
        yield from clipped(_of_attempt(attempt, call.source, now), attempt.started_at, until)
        at, between = until, Phase.BACKOFF
    if end > at:
        rest = Phase.RESOLVE if tried and call.ended_at is not None and call.elsewhere_at is None else between
        rest = Phase.ELSEWHERE if call.elsewhere_at is not None and call.elsewhere_at >= call.asked_at else rest
        yield Piece(rest, at, end, call.source)


def _that_count(attempts: Sequence[Attempt]) -> Iterator[Attempt]:
    """Up to the one that succeeded."""
    for attempt in attempts:
        yield attempt
        if attempt.ended_at is not None and attempt.code is None:
            return


def _of_attempt(attempt: Attempt, source: str, now: float) -> list[Piece]:
    end = now if attempt.ended_at is None else attempt.ended_at
    pieces = [piece for one in attempt.exchanges for piece in _of_exchange(one, source, attempt.code, end)]
    return filled(pieces, attempt.started_at, end)


def _of_exchange(exchange: Exchange, source: str, code: str | None, end: float) -> Iterator[Piece]:
    """As far as it came: what it was at when the attempt ended lasted until then."""
    waiting = Phase.CONNECT if code == UNREACHABLE and exchange.connected_at is None else Phase.FIRST_BYTE
    at = exchange.sent_at
    if exchange.connected_at is not None:
        yield Piece(Phase.CONNECT, at, exchange.connected_at, source)
        at = exchange.connected_at
    for phase, until in (
        (waiting, exchange.first_byte_at),
        (Phase.BODY, exchange.body_at),
        (Phase.DECODE, exchange.decoded_at),
    ):
        yield Piece(phase, at, end if until is None else until, source)
        if until is None:
            return
        at = until


def _attempt_bars(call: CallTimeline, index: int, zero: float, now: float) -> AttemptBars:
    attempt = call.attempts[index]
    before = call.attempts[index - 1] if index else None
    races = before is not None and (before.ended_at is None or before.ended_at > attempt.started_at)
    return AttemptBars(
        start=attempt.started_at - zero,
        end=None if attempt.ended_at is None else attempt.ended_at - zero,
        bars=tuple(piece.bar(zero) for piece in _of_attempt(attempt, call.source, now)),
        status=next((one.status for one in reversed(attempt.exchanges)), None),
        code=attempt.code,
        bytes_out=sum(one.bytes_out for one in attempt.exchanges),
        bytes_in=sum(one.bytes_in for one in attempt.exchanges),
        hedge=races,
    )
