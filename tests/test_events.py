"""Who is told of what."""

import pytest

from bff.events import CacheEvicted, Event, LoopTurned, tell_all
from bff.telemetry.event_log import EventLog
from bff.telemetry.told import SAYS, told
from tests.telemetry.happened import ONE_OF_EACH


class Hearing:
    def __init__(self, *kinds: type[Event]) -> None:
        self.hears = kinds
        self.heard: list[Event] = []

    def __call__(self, event: Event) -> None:
        self.heard.append(event)


def test_a_listener_is_told_of_what_it_hears_and_one_that_does_not_say_of_everything() -> None:
    beats, everything = Hearing(LoopTurned), list[Event]()
    tell = tell_all((beats, everything.append))
    happened: list[Event] = [LoopTurned(0.0), CacheEvicted(1), LoopTurned(0.1)]
    for event in happened:
        tell(event)
    assert beats.heard == [happened[0], happened[2]]
    assert everything == happened


def test_a_listener_that_raises_is_logged_once_and_costs_the_others_nothing(caplog: pytest.LogCaptureFixture) -> None:
    def broken(_: Event) -> None:
        raise ValueError

    others = list[Event]()
    tell = tell_all((broken, others.append))
    for _ in range(3):
        tell(CacheEvicted(1))
    assert others == [CacheEvicted(1)] * 3
    assert [record.getMessage() for record in caplog.records] == [
        "a listener could not be told of a CacheEvicted: a bug"
    ]


def test_the_log_hears_all_that_it_has_words_for() -> None:
    said: set[type[Event]] = set()
    for event in ONE_OF_EACH:
        if told(event) is not None:
            said.add(type(event))
    assert said == SAYS == EventLog.hears
