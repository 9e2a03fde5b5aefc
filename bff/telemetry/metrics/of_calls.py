"""What calls and the guards before them tell."""

from http import HTTPStatus
from typing import Final

from bff.events import (
    BreakerMoved,
    CallFinished,
    CredentialsRefused,
    Hedged,
    ItemsDropped,
    RefreshPutOff,
    Retried,
    WouldHaveRefused,
)
from bff.telemetry.metrics import phases
from bff.telemetry.metrics.catalogue import calls, guards
from bff.telemetry.metrics.metric import NONE, OK, OTHER
from bff.telemetry.metrics.tally import Tally
from bff.timeline.call import Attempt, CallTimeline

STATUSES: Final = {int(status): str(int(status)) for status in HTTPStatus}
"""What an upstream makes up is no label of ours."""


class OfCalls:
    """Counts calls, attempts and bytes, and measures where their time went."""

    def __init__(self, tally: Tally) -> None:
        self._calls = tally.counter(calls.CALLS)
        self._seconds = tally.histogram(calls.CALL_SECONDS)
        self._phases = tally.histogram(calls.PHASE_SECONDS)
        self._attempts = tally.counter(calls.ATTEMPTS)
        self._first = tally.counter(calls.FIRST_ATTEMPTS)
        self._sent = tally.counter(calls.SENT_BYTES)
        self._received = tally.counter(calls.RECEIVED_BYTES)
        self._dropped = tally.counter(calls.ITEMS_DROPPED)
        self._credentials = tally.counter(calls.CREDENTIALS_REFUSED)

    def finished(self, event: CallFinished) -> None:
        """With an answer or without; without a timeline it was refused at once."""
        self._calls.add(1, event.source, event.call, event.code or OK)
        if event.timeline is not None:
            self._seconds.observe(event.seconds, event.source, event.call)
            self._timeline(event.timeline, event.seconds)

    def items_dropped(self, event: ItemsDropped) -> None:
        """Broken, or never asked for."""
        self._dropped.add(event.count, event.source, event.call, event.reason)

    def credentials_refused(self, event: CredentialsRefused) -> None:
        """Somebody has to mend them."""
        self._credentials.add(1, event.source)

    def _timeline(self, call: CallTimeline, seconds: float) -> None:
        attempts = phases.attempts_within(call, seconds)
        for phase, took in phases.of_call(call, seconds, attempts):
            self._phases.observe(took, call.source, phase)
        if attempts:
            self._first.add(1, call.source)
        for attempt in attempts:
            self._attempts.add(1, call.source, _status(attempt))
            for exchange in attempt.exchanges:
                self._sent.add(exchange.bytes_out, call.source)
                self._received.add(exchange.bytes_in, call.source)


class OfGuards:
    """Counts what guards did. How they stand is read from their standing."""

    def __init__(self, tally: Tally) -> None:
        self._retries = tally.counter(guards.RETRIES)
        self._hedges = tally.counter(guards.HEDGES)
        self._moves = tally.counter(guards.BREAKER_MOVES)
        self._put_off = tally.counter(guards.REFRESHES_PUT_OFF)
        self._would_have = tally.counter(guards.WOULD_HAVE_REFUSED)

    def retried(self, event: Retried) -> None:
        """Another attempt follows."""
        self._retries.add(1, event.source, event.code)

    def hedged(self, event: Hedged) -> None:
        """A second attempt races."""
        self._hedges.add(1, event.source)

    def breaker_moved(self, event: BreakerMoved) -> None:
        """Also in report-only mode."""
        self._moves.add(1, event.source, event.state)

    def refresh_put_off(self, event: RefreshPutOff) -> None:
        """Nothing has failed."""
        self._put_off.add(1, event.source)

    def would_have_refused(self, event: WouldHaveRefused) -> None:
        """Of report-only mode."""
        self._would_have.add(1, event.source, event.guard)


def _status(attempt: Attempt) -> str:
    if not attempt.exchanges or (status := attempt.exchanges[-1].status) is None:
        return NONE
    return STATUSES.get(status, OTHER)
