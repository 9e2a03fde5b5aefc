"""How one worker stands, as gauges: read when somebody scrapes."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from bff.standing import CacheStanding, SourceStanding, Standing
from bff.telemetry.metrics.catalogue import cache, calls, guards, process
from bff.telemetry.metrics.metric import Metric
from bff.telemetry.metrics.snapshot import Labels

Gauge = tuple[Metric, Labels, float | None]
"""None: there is nothing to tell."""

OPENNESS: Final = {"closed": 0.0, "half-open": 0.5, "open": 1.0}
"""One number, and not a series for each state: the average over workers and over time says how far it is open, and a
chart shows it on one line.
"""


def gauges(found: Iterable[Gauge]) -> dict[str, dict[Labels, float]]:
    """By name, then by label values."""
    by_name: defaultdict[str, dict[Labels, float]] = defaultdict(dict)
    for metric, labels, value in found:
        if value is not None:
            by_name[metric.name][labels] = float(value)
    return dict(by_name)


def of_standing(standing: Standing, worker: str) -> Iterable[Gauge]:
    """Guards, cache, pages."""
    yield process.CONNECTIONS, (worker,), standing.connections
    yield process.IN_FLIGHT, (worker,), standing.pages_in_flight
    yield process.READY, (worker,), standing.ready
    yield from _of_cache(standing.cache, worker)
    for source in standing.sources:
        yield from _of_source(source, worker)


def _of_cache(standing: CacheStanding, worker: str) -> Iterable[Gauge]:
    own = (worker,)
    yield cache.NEAR_BYTES, own, standing.near_bytes
    yield cache.NEAR_LIMIT_BYTES, own, standing.near_most_bytes
    yield cache.NEAR_VALUES, own, standing.near_values
    yield cache.FLIGHTS, own, standing.calls_under_way
    yield cache.REACHABLE, own, standing.reachable
    yield cache.HEARD, own, standing.heard


def _of_source(standing: SourceStanding, worker: str) -> Iterable[Gauge]:
    yield calls.SOURCE_ENABLED, (standing.source,), standing.enabled
    own = (standing.source, worker)
    yield guards.BREAKER_OPEN, own, OPENNESS[standing.breaker]
    yield guards.WAITED_FOR, own, standing.waited_for
    yield guards.BULKHEAD_TAKEN, own, standing.slots_taken
    yield guards.BULKHEAD_LIMIT, own, standing.slots
    yield guards.BULKHEAD_WAITING, own, standing.slots_waiting
    yield guards.RETRY_BUDGET, own, standing.retry_budget
    yield guards.HEDGE_BUDGET, own, standing.hedge_budget
