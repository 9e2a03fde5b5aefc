"""What went wrong is told in words, and in fields that can be searched."""

import pytest

from bff.events import BreakerMoved, CacheFailed, CallFinished, Event, WouldHaveRefused
from bff.telemetry.event_log import QUIET_FOR, EventLog
from tests.telemetry.log.lines import json_lines


@pytest.mark.parametrize(
    ("event", "fields"),
    [
        (
            CallFinished("users", "by_id", 0.1, "UPSTREAM_ERROR", "the upstream answered 503"),
            {"source": "users", "call": "by_id", "code": "UPSTREAM_ERROR"},
        ),
        (BreakerMoved("users", "open", True), {"source": "users"}),
        (WouldHaveRefused("users", "bulkhead"), {"source": "users", "guard": "bulkhead"}),
        (CacheFailed("read", "ConnectionError"), {"operation": "read"}),
    ],
)
def test_a_line_has_the_event_s_names(event: Event, fields: dict[str, str]) -> None:
    with json_lines() as lines:
        EventLog()(event)
    [line] = lines
    assert {name: value for name, value in line.items() if name not in {"time", "level", "logger", "event"}} == fields


def test_how_often_it_came_again_is_a_number_too() -> None:
    now = 0.0
    log = EventLog(lambda: now)
    with json_lines() as lines:
        for _ in range(100):
            log(CallFinished("users", "by_id", 0.1, "UPSTREAM_ERROR"))
        now = QUIET_FOR
        log(CallFinished("users", "by_id", 0.1, "UPSTREAM_ERROR"))
    assert [line.get("again") for line in lines] == [None, 99]
