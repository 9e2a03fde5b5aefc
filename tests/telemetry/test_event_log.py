"""What went wrong without costing a page is in the log, once."""

import logging

import pytest

from bff.events import CacheFailed, CacheRead, CallCrashed, CallFinished, ItemsDropped
from bff.telemetry.event_log import QUIET_FOR, EventLog


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_trouble_is_said_once_then_counted_then_said_again(caplog: pytest.LogCaptureFixture) -> None:
    clock = Clock()
    log = EventLog(clock)
    for _ in range(100):
        log(CallFinished("users", "by_id", 0.1, "UPSTREAM_ERROR", "the upstream answered 400"))
    clock.now += QUIET_FOR
    log(CallFinished("users", "by_id", 0.1, "UPSTREAM_ERROR"))

    assert [record.getMessage() for record in caplog.records] == [
        "users.by_id failed: UPSTREAM_ERROR: the upstream answered 400",
        "users.by_id failed: UPSTREAM_ERROR (and 99 times more since this was last said)",
    ]


def test_a_bug_is_told_with_its_trace(caplog: pytest.LogCaptureFixture) -> None:
    EventLog()(CallCrashed("users", "by_id", ZeroDivisionError("a bug")))

    [record] = caplog.records
    assert record.levelno == logging.ERROR
    assert record.exc_info is not None
    assert record.exc_info[0] is ZeroDivisionError


def test_dropped_items_and_a_failing_cache_are_told(caplog: pytest.LogCaptureFixture) -> None:
    log = EventLog()
    log(ItemsDropped("todos", "latest", 2, "invalid"))
    log(CacheFailed("read", "ConnectionError"))

    assert [record.getMessage() for record in caplog.records] == [
        "todos.latest: items were dropped as invalid",
        "the cache failed to read: ConnectionError",
    ]


def test_what_is_well_is_not_told(caplog: pytest.LogCaptureFixture) -> None:
    log = EventLog()
    log(CallFinished("users", "by_id", 0.1, None))
    log(CallFinished("users", "by_id", 0.1, "NOT_FOUND"))
    log(CacheRead("users", "by_id", 0.001, 1, 0, 0))

    assert not caplog.records
