"""What the cache is counted as."""

import pytest

from bff.events import CacheDropped, CacheEvicted, CacheFailed, CacheFilled, CacheRead, Event
from bff.telemetry.metrics.catalogue import cache, calls
from bff.telemetry.metrics.metric import Metric
from tests.telemetry.metrics.happenings import metrics
from tests.telemetry.metrics.reading import counted, number, rows, sums, values


def test_a_look_is_counted_by_what_it_found_and_where() -> None:
    worker = metrics()
    worker(CacheRead("users", "by_ids", 0.002, hits=5, stale=2, misses=3, near=4, ages=(1.0, 30.0)))
    found = counted(worker)

    assert values(found, cache.READS) == {("users", "fresh"): 5, ("users", "stale"): 2, ("users", "miss"): 3}
    assert values(found, cache.FOUND) == {("users", "near"): 4, ("users", "far"): 3}
    assert sums(found, calls.PHASE_SECONDS) == {("users", "cache"): 0.002}
    row = rows(found, cache.AGE)["users",]
    assert (number(row), row.sum) == (2, 31.0)


def test_misses_have_reasons_and_what_has_none_was_never_there() -> None:
    worker = metrics()
    worker(CacheRead("users", "by_ids", 0.002, 0, 0, misses=10, near=0, expired=1, evicted=2, unread=3))
    assert values(counted(worker), cache.MISSES) == {
        ("users", "expired"): 1,
        ("users", "evicted"): 2,
        ("users", "unread"): 3,
        ("users", "absent"): 4,
    }


@pytest.mark.parametrize(
    ("event", "metric", "labels", "count"),
    [
        (CacheFilled("todos", "first", 2, 900), cache.FILLS, ("todos",), 1),
        (CacheFilled("todos", "first", 2, 900), cache.FILLED_VALUES, ("todos",), 2),
        (CacheFilled("todos", "first", 2, 900), cache.FILLED_BYTES, ("todos",), 900),
        (CacheFailed("read", "late"), cache.FAILURES, ("read", "late"), 1),
        (CacheDropped(4, "queue full"), cache.DROPPED, ("queue full",), 4),
        (CacheEvicted(7), cache.EVICTED, (), 7),
    ],
)
def test_each_of_these_is_one_counter(event: Event, metric: Metric, labels: tuple[str, ...], count: int) -> None:
    worker = metrics()
    worker(event)
    assert values(counted(worker), metric) == {labels: count}
