"""What the cache tells."""

from bff.events import CacheDropped, CacheEvicted, CacheFailed, CacheFilled, CacheRead
from bff.telemetry.metrics.catalogue import cache, calls
from bff.telemetry.metrics.tally import Tally
from bff.telemetry.waterfall.model import Phase


class OfCache:
    """Counts look-ups, what they found and how old, and what was kept."""

    def __init__(self, tally: Tally) -> None:
        self._reads = tally.counter(cache.READS)
        self._found = tally.counter(cache.FOUND)
        self._misses = tally.counter(cache.MISSES)
        self._age = tally.histogram(cache.AGE)
        self._phases = tally.histogram(calls.PHASE_SECONDS)
        self._fills = tally.counter(cache.FILLS)
        self._filled_values = tally.counter(cache.FILLED_VALUES)
        self._filled_bytes = tally.counter(cache.FILLED_BYTES)
        self._failures = tally.counter(cache.FAILURES)
        self._dropped = tally.counter(cache.DROPPED)
        self._evicted = tally.counter(cache.EVICTED)

    def read(self, event: CacheRead) -> None:
        """One batch was looked up."""
        source = event.source
        self._phases.observe(event.seconds, source, Phase.CACHE)
        for result, count in (("fresh", event.hits), ("stale", event.stale), ("miss", event.misses)):
            if count:
                self._reads.add(count, source, result)
        far = event.hits + event.stale - event.near
        for tier, count in (("near", event.near), ("far", far)):
            if count:
                self._found.add(count, source, tier)
        if event.misses:
            self._missed(event)
        for age in event.ages:
            self._age.observe(age, source)

    def filled(self, event: CacheFilled) -> None:
        """An answer was kept."""
        self._fills.add(1, event.source)
        self._filled_values.add(event.values, event.source)
        self._filled_bytes.add(event.bytes, event.source)

    def failed(self, event: CacheFailed) -> None:
        """The cache server."""
        self._failures.add(1, event.operation, event.reason)

    def dropped(self, event: CacheDropped) -> None:
        """Not kept for others."""
        self._dropped.add(event.values, event.reason)

    def evicted(self, event: CacheEvicted) -> None:
        """The first tier is full."""
        self._evicted.add(event.values)

    def _missed(self, event: CacheRead) -> None:
        absent = event.misses - event.expired - event.evicted - event.unread
        reasons = (
            ("expired", event.expired),
            ("evicted", event.evicted),
            ("unread", event.unread),
            ("absent", absent),
        )
        for reason, count in reasons:
            if count > 0:
                self._misses.add(count, event.source, reason)
