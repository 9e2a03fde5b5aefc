"""Who comes in, who waits, who is refused."""

import asyncio

import pytest

from bff.web.in_flight import InFlight
from bff.web.line import BURST, WAITING, Line, Ticket
from tests.web.hand_clock import HandClock

MOST = 4


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def in_flight() -> InFlight:
    return InFlight()


@pytest.fixture
def line(in_flight: InFlight, clock: HandClock) -> Line:
    return Line(in_flight, MOST, clock=clock)


def enter(line: Line) -> Ticket:
    ticket, _ = line.enter()
    assert ticket is not None
    return ticket


async def test_s6_a_burst_waits_in_its_order_and_all_of_it_is_served(line: Line, in_flight: InFlight) -> None:
    inside = [enter(line) for _ in range(MOST)]
    waiting = [enter(line) for _ in range(WAITING * MOST)]
    assert line.enter() == (None, True)
    for number, ticket in enumerate(inside + waiting[:-MOST]):
        line.leave(ticket)
        assert in_flight.pages == MOST
        assert [one.inside for one in waiting] == [place <= number for place in range(len(waiting))]
    for ticket in waiting[-MOST:]:
        await ticket.turn()
        line.leave(ticket)
    assert in_flight.pages == 0


async def test_s6_a_line_that_lasts_is_too_much_load_and_then_nobody_waits(line: Line, clock: HandClock) -> None:
    inside = [enter(line) for _ in range(MOST)]
    enter(line)
    clock.now += BURST
    assert line.enter() == (None, True)
    for ticket in inside:
        line.leave(ticket)
    again = [enter(line) for _ in range(MOST - 1)]
    assert all(ticket.inside for ticket in again), "there is room"
    assert line.enter() == (None, True), "just now somebody was refused"
    clock.now += BURST
    assert not enter(line).inside, "it is over: a burst may wait again"


async def test_who_left_while_waiting_takes_no_place(line: Line, in_flight: InFlight) -> None:
    inside = [enter(line) for _ in range(MOST)]
    gone, waits = enter(line), enter(line)
    line.leave(gone)
    assert in_flight.pages == MOST
    line.leave(inside[0])
    assert (waits.inside, gone.inside, in_flight.pages) == (True, False, MOST)


async def test_who_was_cancelled_while_waiting_takes_no_place(line: Line, in_flight: InFlight) -> None:
    inside = [enter(line) for _ in range(MOST)]
    ticket = enter(line)
    waiting = asyncio.create_task(ticket.turn())
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    line.leave(inside[0])
    assert in_flight.pages == MOST - 1
    line.leave(ticket)
    assert in_flight.pages == MOST - 1


async def test_leaving_twice_counts_once(line: Line, in_flight: InFlight) -> None:
    ticket = enter(line)
    line.leave(ticket)
    line.leave(ticket)
    assert in_flight.pages == 0


async def test_in_report_only_mode_nobody_waits_and_nobody_is_refused(in_flight: InFlight) -> None:
    line = Line(in_flight, MOST, waiting=1, enforced=False)
    told = [line.enter() for _ in range(MOST + 3)]
    assert [full for _, full in told] == [False] * (MOST + 1) + [True] * 2
    assert all(ticket is not None and ticket.inside for ticket, _ in told)
    assert in_flight.pages == MOST + 3
