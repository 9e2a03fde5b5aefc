"""The listener that counts for Prometheus."""

import logging
import threading
import time
from collections.abc import Callable, Collection, Iterable
from typing import Any, Final

from bff import events
from bff.events import Event
from bff.standing import Standing
from bff.telemetry.metrics import memory
from bff.telemetry.metrics.catalogue import CATALOGUE, process
from bff.telemetry.metrics.gauges import Gauge, gauges, of_standing
from bff.telemetry.metrics.of_cache import OfCache
from bff.telemetry.metrics.of_calls import OfCalls, OfGuards
from bff.telemetry.metrics.of_edge import OfEdge
from bff.telemetry.metrics.of_loop import OfLoop
from bff.telemetry.metrics.of_pages import OfPages
from bff.telemetry.metrics.snapshot import Snapshot, Totals
from bff.telemetry.metrics.tally import MOST_SERIES, Tally

logger: Final = logging.getLogger("bff")


class Metrics:
    """Counts in one worker. Called on the event loop; `snapshot` may be on any thread. `standing` is asked on the loop,
    each time it turns, for guards are not made to be read from elsewhere.

    What clients call their operations and themselves is told apart where `operations` and `clients` name it.
    """

    def __init__(
        self,
        *,
        worker: str,
        version: str,
        settings_hash: str,
        standing: Callable[[], Standing],
        operations: Collection[str] = (),
        clients: Collection[str] = (),
        most_series: int = MOST_SERIES,
    ) -> None:
        self._worker = worker
        self._about: tuple[Gauge, ...] = (
            (process.BUILD_INFO, (version,), 1),
            (process.SETTINGS_INFO, (settings_hash,), 1),
        )
        self._started = time.time()
        self._number = 0
        self._counting = threading.Lock()
        self._tally = Tally(CATALOGUE.values(), most_series)
        self._faults = 0
        self._loop = OfLoop(self._tally, standing)
        self._heard = _heard(self._tally, self._loop, operations, clients)
        self.hears = self._heard.keys()

    def __call__(self, event: Event) -> None:
        """Count it. A bug in here must not cost a page: it is logged once, and counted."""
        count = self._heard.get(type(event))
        if count is None:
            return
        try:
            count(event)
        except Exception:
            self._faults += 1
            if self._faults == 1:
                logger.exception("metrics are wrong from now on: a %s could not be counted", type(event).__name__)

    def snapshot(self) -> bytes:
        """All there is to tell now, for `Merged`."""
        with self._counting:  # a later number never goes with earlier counts
            self._number += 1
            number, totals = self._number, self._totals()
        stood = self._loop.stood
        guards = () if stood is None else of_standing(stood, self._worker)
        now = (*self._about, *guards, *self._of_process())
        return Snapshot(self._worker, self._started, number, totals, gauges(now)).encoded()

    def _totals(self) -> Totals:
        totals = self._tally.totals()
        totals.counters[process.CPU.name] = {(self._worker,): time.process_time()}
        if (stood := self._loop.stood) is not None:
            totals.counters[process.CONNECTIONS_MADE.name] = {(self._worker,): stood.connections_made}
        totals.counters[process.SERIES_DROPPED.name] = {(): self._tally.room.refused}
        totals.counters[process.FAULTS.name] = {(): self._faults}
        return totals

    def _of_process(self) -> Iterable[Gauge]:
        own = (self._worker,)
        yield process.STARTED, own, self._started
        yield process.MEMORY, own, memory.resident()
        yield process.LOOP_STALLED, own, self._loop.stalled


def _heard(
    tally: Tally, loop: OfLoop, operations: Collection[str], clients: Collection[str]
) -> dict[type[Event], Callable[[Any], None]]:
    """Who counts what. An event that is not here counts nothing that another one does not."""
    calls, guards, cache, edge = OfCalls(tally), OfGuards(tally), OfCache(tally), OfEdge(tally)
    return {
        events.PageFinished: OfPages(tally, operations, clients).finished,
        events.CallFinished: calls.finished,
        events.ItemsDropped: calls.items_dropped,
        events.CredentialsRefused: calls.credentials_refused,
        events.Retried: guards.retried,
        events.Hedged: guards.hedged,
        events.BreakerMoved: guards.breaker_moved,
        events.RefreshPutOff: guards.refresh_put_off,
        events.WouldHaveRefused: guards.would_have_refused,
        events.CacheRead: cache.read,
        events.CacheFilled: cache.filled,
        events.CacheFailed: cache.failed,
        events.CacheDropped: cache.dropped,
        events.CacheEvicted: cache.evicted,
        events.PageShed: edge.shed,
        events.LimitExceeded: edge.over_a_limit,
        events.RateExceeded: edge.too_often,
        events.ConnectionEnded: edge.connection_ended,
        events.LoopTurned: loop.turned,
        events.LoopStalled: loop.stalled_or_over,
    }
