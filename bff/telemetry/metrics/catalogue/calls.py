"""Of calls to upstreams."""

from typing import Final

from bff.telemetry.metrics.metric import counter, gauge, histogram

SECONDS: Final = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0, 2.0, 5.0, 10.0)

PHASE_SECONDS: Final = histogram(
    "bff_phase_seconds", "Where the time went: each stretch of each call and of each page.", SECONDS, "source", "phase"
)
CALL_SECONDS: Final = histogram(
    "bff_call_seconds", "Calls that were made, all attempts together.", SECONDS, "source", "call"
)
CALLS: Final = counter("bff_calls_total", "Calls, also those that were refused at once.", "source", "call", "code")
ATTEMPTS: Final = counter("bff_attempts_total", "Attempts, by what was answered.", "source", "status")
FIRST_ATTEMPTS: Final = counter(
    "bff_first_attempts_total", "Of those the first of each call; the others are retries and hedges.", "source"
)
SENT_BYTES: Final = counter("bff_upstream_sent_bytes_total", "Bytes of requests to an upstream, roughly.", "source")
RECEIVED_BYTES: Final = counter("bff_upstream_received_bytes_total", "Bytes of its answers, unpacked.", "source")
ITEMS_DROPPED: Final = counter(
    "bff_items_dropped_total", "Items of answers that were `invalid`, or `unasked` for.", "source", "call", "reason"
)
CREDENTIALS_REFUSED: Final = counter(
    "bff_credentials_refused_total", "Answers of 401 and 403: our own credentials are at fault.", "source"
)
SOURCE_ENABLED: Final = gauge("bff_source_enabled", "1, or 0 where the source is switched off in a worker.", "source")

ALL: Final = (
    PHASE_SECONDS,
    CALL_SECONDS,
    CALLS,
    ATTEMPTS,
    FIRST_ATTEMPTS,
    SENT_BYTES,
    RECEIVED_BYTES,
    ITEMS_DROPPED,
    CREDENTIALS_REFUSED,
    SOURCE_ENABLED,
)
