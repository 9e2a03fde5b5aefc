"""Of both tiers of the cache."""

from typing import Final

from bff.telemetry.metrics.metric import counter, gauge, histogram

READS: Final = counter("bff_cache_reads_total", "Values that were looked up.", "source", "result")
FOUND: Final = counter("bff_cache_found_total", "Of those the ones that were there, by where.", "source", "tier")
MISSES: Final = counter(
    "bff_cache_misses_total",
    "Of those the ones that were not: `expired`, `evicted` before, `unread` for a fault of the server, `absent`.",
    "source",
    "reason",
)
AGE: Final = histogram(
    "bff_cache_age_seconds",
    "How old what was there was.",
    (1.0, 5.0, 10.0, 20.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1200.0, 1800.0, 3600.0, 14400.0, 86400.0),
    "source",
)
FILLS: Final = counter("bff_cache_fills_total", "Answers that were kept.", "source")
FILLED_VALUES: Final = counter("bff_cache_filled_values_total", "Values they held.", "source")
FILLED_BYTES: Final = counter("bff_cache_filled_bytes_total", "Bytes of those, as they are kept.", "source")
FAILURES: Final = counter(
    "bff_cache_failures_total", "Operations of the cache server that failed or were late.", "operation", "reason"
)
DROPPED: Final = counter("bff_cache_dropped_total", "Values that were not kept for other processes.", "reason")
EVICTED: Final = counter("bff_cache_evicted_total", "Values the first tier let go of before their time: it is full.")
NEAR_BYTES: Final = gauge("bff_cache_near_bytes", "What the first tier holds.", "worker")
NEAR_LIMIT_BYTES: Final = gauge("bff_cache_near_limit_bytes", "The most it may hold.", "worker")
NEAR_VALUES: Final = gauge("bff_cache_near_values", "Values in the first tier.", "worker")
FLIGHTS: Final = gauge("bff_flights", "Calls under way to fill the cache or a page.", "worker")
REACHABLE: Final = gauge("bff_cache_reachable", "1, or 0 while the cache server is not asked.", "worker")
HEARD: Final = gauge("bff_cache_heard", "1, or 0 while what other processes change is not heard.", "worker")

ALL: Final = (
    READS,
    FOUND,
    MISSES,
    AGE,
    FILLS,
    FILLED_VALUES,
    FILLED_BYTES,
    FAILURES,
    DROPPED,
    EVICTED,
    NEAR_BYTES,
    NEAR_LIMIT_BYTES,
    NEAR_VALUES,
    FLIGHTS,
    REACHABLE,
    HEARD,
)
