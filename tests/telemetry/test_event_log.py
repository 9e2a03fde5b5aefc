"""What went wrong without costing a page is in the log, once."""

import logging

import pytest

from bff.cache.guarded import NAME
from bff.errors import AccessDenied
from bff.events import (
    BreakerMoved,
    CacheDropped,
    CacheFailed,
    CacheHeard,
    CacheRead,
    CallCrashed,
    CallFinished,
    ConnectionEnded,
    CredentialsRefused,
    Event,
    ItemsDropped,
    LimitExceeded,
    LoopStalled,
    PageShed,
    RateExceeded,
)
from bff.telemetry.event_log import QUIET_FOR, EventLog
from bff.transport import Response
from bff.transport.status import raise_for_status


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


def test_links_that_lead_elsewhere_are_told_with_the_setting(caplog: pytest.LogCaptureFixture) -> None:
    EventLog()(ItemsDropped("recommendations", "next_actions", 2, "untrusted"))
    [record] = caplog.records
    assert "BFF_RECOMMENDATIONS__LINK_HOSTS" in record.getMessage()


@pytest.mark.parametrize(
    ("event", "said"),
    [
        (PageShed(0.001), "requests are shed: as many pages are being made as BFF_PAGES_IN_FLIGHT allows"),
        (LimitExceeded("depth", 12, 8, enforced=True), "a request was over the limit of depth: 12, and 8 are allowed"),
        (LimitExceeded("cost", 9, 8, enforced=False), "cost: report-only, and exceeded: 9, and 8 are allowed"),
        (RateExceeded("viewer", enforced=True), "requests beyond the rate of one viewer"),
        (RateExceeded("address", enforced=False), "requests beyond the rate of one address: report-only, let through"),
        (ConnectionEnded("slow body"), "connections of clients were closed: slow body"),
    ],
)
def test_what_is_kept_from_the_page_is_told(caplog: pytest.LogCaptureFixture, event: Event, said: str) -> None:
    caplog.set_level(logging.INFO)
    EventLog()(event)
    assert [record.getMessage() for record in caplog.records] == [said]


def test_what_is_well_is_not_told(caplog: pytest.LogCaptureFixture) -> None:
    log = EventLog()
    log(CallFinished("users", "by_id", 0.1, None))
    log(CallFinished("users", "by_id", 0.1, "NOT_FOUND"))
    log(CacheRead("users", "by_id", 0.001, 1, 0, 0, 0))

    assert not caplog.records


def said_of(caplog: pytest.LogCaptureFixture, *events: Event) -> list[tuple[str, str]]:
    """The level and the text of each line."""
    caplog.set_level(logging.INFO)
    log = EventLog()
    for event in events:
        log(event)
    return [(record.levelname, record.getMessage()) for record in caplog.records]


def test_what_comes_again_for_another_reason_is_counted_apart(caplog: pytest.LogCaptureFixture) -> None:
    clock = Clock()
    log = EventLog(clock)
    for status in (503, 503, 500, 503, 502):
        log(CallFinished("users", "by_id", 0.1, "UPSTREAM_ERROR", f"the upstream answered {status}"))
    clock.now += QUIET_FOR
    log(CallFinished("users", "by_id", 0.1, "UPSTREAM_ERROR", "the upstream answered 500"))

    assert [record.getMessage() for record in caplog.records] == [
        "users.by_id failed: UPSTREAM_ERROR: the upstream answered 503",
        "users.by_id failed: UPSTREAM_ERROR: the upstream answered 500 "
        "(and 4 times more since this was last said, 2 of them for another reason)",
    ]


@pytest.mark.parametrize(
    ("event", "again"),
    [
        (
            CallFinished("users", "by_id", 0.0, "BULKHEAD_FULL", "all 100 calls are under way"),
            CallFinished("users", "by_id", 0.0, "BULKHEAD_FULL", "99 of 100 calls are under way"),
        ),
        (CacheDropped(1, "queue full"), CacheDropped(7, "queue full")),
        (LoopStalled(0.5, "here", False), LoopStalled(0.7, "there", False)),
    ],
)
def test_what_comes_again_in_another_number_is_the_same(
    caplog: pytest.LogCaptureFixture, event: Event, again: Event
) -> None:
    clock = Clock()
    log = EventLog(clock)
    log(event)
    log(again)
    clock.now += QUIET_FOR
    log(event)
    assert caplog.records[-1].getMessage().endswith(" (and 1 times more since this was last said)")


@pytest.mark.parametrize("status", [401, 403])
def test_that_our_credentials_are_refused_is_told_once(caplog: pytest.LogCaptureFixture, status: int) -> None:
    with pytest.raises(AccessDenied) as refused:
        raise_for_status(Response(status, {}, b""))
    failed = CallFinished("users", "by_id", 0.1, refused.value.code, str(refused.value))

    assert said_of(caplog, failed, CredentialsRefused("users", "by_id")) == [
        (
            "ERROR",
            "users refuses our credentials: no retry will help, somebody has to mend them: seen by by_id",
        )
    ]


def test_a_breaker_that_opens_and_closes_is_told_and_probes_that_fail_are_not(
    caplog: pytest.LogCaptureFixture,
) -> None:
    clock = Clock()
    log = EventLog(clock)
    caplog.set_level(logging.INFO)
    for state in ("open", "half-open", "open", "half-open", "half-open", "open", "open", "half-open", "closed", "open"):
        log(BreakerMoved("todos", state, True))
        log(BreakerMoved("users", "half-open", True))
        clock.now += QUIET_FOR

    opened = "todos: breaker open: it is called no more, but for a probe now and then"
    assert [record.getMessage() for record in caplog.records] == [
        opened,
        "todos: breaker closed: it is called again",
        opened,
    ]


def test_a_breaker_that_only_reports_is_told_so(caplog: pytest.LogCaptureFixture) -> None:
    assert said_of(caplog, BreakerMoved("todos", "open", False)) == [
        ("WARNING", "todos: breaker open: report-only: calls go on")
    ]


def test_the_cache_s_breaker_is_told_as_one_of_a_server_that_is_asked(caplog: pytest.LogCaptureFixture) -> None:
    assert said_of(caplog, BreakerMoved(NAME, "open", True), BreakerMoved(NAME, "closed", True)) == [
        ("WARNING", "cache: breaker open: it is asked no more, but for a probe now and then"),
        ("INFO", "cache: breaker closed: it is asked again"),
    ]


def test_whether_the_cache_server_is_heard_is_told(caplog: pytest.LogCaptureFixture) -> None:
    assert said_of(caplog, CacheHeard(True), CacheHeard(False, "ConnectionError: gone"), CacheHeard(True, "again")) == [
        (
            "WARNING",
            "the cache server cannot be heard: ConnectionError: gone: until it is, this process keeps values for "
            "itself only while that server is gone altogether",
        ),
        ("INFO", "the cache server is heard again"),
    ]


def test_values_that_are_not_kept_are_told_by_the_reason(caplog: pytest.LogCaptureFixture) -> None:
    assert said_of(
        caplog, CacheDropped(3, "queue full"), CacheDropped(1, "too large"), CacheDropped(1, "too large")
    ) == [
        ("WARNING", "values were not kept for other processes: queue full: 3 at once"),
        ("WARNING", "values were not kept for other processes: too large: 1 at once"),
    ]
