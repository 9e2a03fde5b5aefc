"""Of the guards before each source."""

from typing import Final

from bff.telemetry.metrics.metric import counter, gauge

RETRIES: Final = counter(
    "bff_retries_total", "Attempts that were followed by another, by why they failed.", "source", "code"
)
HEDGES: Final = counter("bff_hedges_total", "Second attempts that race a slow first one.", "source")
RETRY_BUDGET: Final = gauge("bff_retry_budget", "So many retries there may be now.", "source", "worker")
HEDGE_BUDGET: Final = gauge("bff_hedge_budget", "So many hedges there may be now.", "source", "worker")
BREAKER_OPEN: Final = gauge("bff_breaker_open", "0: closed, 0.5: half-open, 1: open.", "source", "worker")
BREAKER_MOVES: Final = counter("bff_breaker_moves_total", "How often it came to that state.", "source", "state")
WAITED_FOR: Final = gauge("bff_waited_for", "1, or 0 while pages do not wait for this source.", "source", "worker")
BULKHEAD_TAKEN: Final = gauge("bff_bulkhead_taken", "Slots that are taken.", "source", "worker")
BULKHEAD_LIMIT: Final = gauge("bff_bulkhead_limit", "Slots there are.", "source", "worker")
BULKHEAD_WAITING: Final = gauge("bff_bulkhead_waiting", "Calls that wait for a slot.", "source", "worker")
REFRESHES_PUT_OFF: Final = counter(
    "bff_refreshes_put_off_total", "Calls not made for lack of slots while there was something to show.", "source"
)
WOULD_HAVE_REFUSED: Final = counter(
    "bff_would_have_refused_total", "What a guard in report-only mode would have refused.", "source", "guard"
)

ALL: Final = (
    RETRIES,
    HEDGES,
    RETRY_BUDGET,
    HEDGE_BUDGET,
    BREAKER_OPEN,
    BREAKER_MOVES,
    WAITED_FOR,
    BULKHEAD_TAKEN,
    BULKHEAD_LIMIT,
    BULKHEAD_WAITING,
    REFRESHES_PUT_OFF,
    WOULD_HAVE_REFUSED,
)
