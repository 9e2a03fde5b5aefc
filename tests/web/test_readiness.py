"""When a process says that it is not ready, and when it does again."""

from itertools import pairwise

import pytest

from bff.web.readiness import DWELL, LEAST, WINDOW, Readiness
from tests.web.hand_clock import HandClock


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


def see(readiness: Readiness, clock: HandClock, *, asked: int, shed: int, seconds: float = 1.0) -> None:
    """So many requests, spread over the seconds."""
    for number in range(asked):
        clock.now += seconds / asked
        readiness.saw(shed=number < shed)


def test_it_stays_on_however_much_is_shed_unless_a_share_is_set(clock: HandClock) -> None:
    readiness = Readiness(clock=clock)
    see(readiness, clock, asked=1_000, shed=1_000)
    assert readiness.ready


def test_it_goes_off_above_the_share_and_on_again_only_below_half_of_it(clock: HandClock) -> None:
    readiness = Readiness(0.5, clock=clock)
    told = []
    for shed in (50, 60, 30, 20):
        see(readiness, clock, asked=100, shed=shed, seconds=0.5)
        told.append(readiness.ready)
        if shed != 50:
            clock.now += WINDOW
    assert told == [True, False, False, True], "at it, above it, between half of it and it, below half of it"


def test_it_is_on_again_where_nobody_asks_any_more(clock: HandClock) -> None:
    readiness = Readiness(0.5, clock=clock)
    see(readiness, clock, asked=100, shed=100)
    assert not readiness.ready
    clock.now += WINDOW + 1
    assert readiness.ready


def test_a_few_requests_say_nothing(clock: HandClock) -> None:
    readiness = Readiness(0.1, clock=clock)
    see(readiness, clock, asked=LEAST - 1, shed=LEAST - 1)
    assert readiness.ready


def test_it_never_flaps(clock: HandClock) -> None:
    readiness = Readiness(0.5, clock=clock)
    moves, before = [], True
    for second in range(240):
        see(readiness, clock, asked=100, shed=100 if second % 2 else 0)
        if readiness.ready != before:
            moves.append(clock.now)
            before = readiness.ready
    assert all(later - earlier >= DWELL for earlier, later in pairwise(moves))
    assert len(moves) <= 1, "half of it over the window is no reason to move to and fro"


def test_s1_a_process_that_ends_is_not_ready_for_good(clock: HandClock) -> None:
    readiness = Readiness(clock=clock)
    readiness.ends()
    clock.now += 1_000
    assert not readiness.ready
