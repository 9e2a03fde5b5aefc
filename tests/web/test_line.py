"""Who comes in, who waits, who is refused."""

import asyncio

import pytest

from bff.web.in_flight import InFlight
from bff.web.line import BURST, IN_A_BURST, Line, Ticket
from bff.web.room import FEWEST, USUAL, Room
from tests.web.hand_clock import HandClock

MOST = 4


@pytest.fixture
def in_flight() -> InFlight:
    return InFlight()


@pytest.fixture
def line(in_flight: InFlight) -> Line:
    return Line(in_flight, Room(MOST))


def enter(line: Line) -> Ticket:
    assert not line.is_full()
    return line.enter()


async def test_s6_a_burst_waits_in_its_order_and_all_of_it_is_served(line: Line, in_flight: InFlight) -> None:
    inside = [enter(line) for _ in range(MOST)]
    waiting = [enter(line) for _ in range((IN_A_BURST - 1) * MOST)]
    assert line.is_full()
    for number, ticket in enumerate(inside + waiting[:-MOST]):
        line.leave(ticket)
        assert in_flight.pages == MOST
        assert [one.inside for one in waiting] == [place <= number for place in range(len(waiting))]
    for ticket in waiting[-MOST:]:
        await ticket.turn()
        line.leave(ticket)
    assert in_flight.pages == 0


async def test_s6_with_less_room_fewer_are_let_in_and_those_who_wait_are_served(in_flight: InFlight) -> None:
    room = Room(USUAL)
    line = Line(in_flight, room)
    inside = [enter(line) for _ in range(USUAL)]
    waiting = [enter(line) for _ in range(10)]
    for _ in range(500):
        room.looked(0.0, 1.0, in_flight.pages)
    for ticket in inside[: USUAL - FEWEST]:
        line.leave(ticket)
    assert not any(ticket.inside for ticket in waiting), "there is no room for one more yet"
    line.leave(inside[-1])
    assert [ticket.inside for ticket in waiting[:2]] == [True, False]


async def test_s6_as_many_as_may_be_inside_are_never_refused_however_little_room_there_is(in_flight: InFlight) -> None:
    clock, room = HandClock(), Room(USUAL)
    line = Line(in_flight, room, clock=clock)
    for _ in range(500):
        room.looked(0.0, 1.0, in_flight.pages)
    tickets = [enter(line) for _ in range(FEWEST + 1)]
    clock.now += BURST
    tickets += [enter(line) for _ in range(USUAL - len(tickets))]
    assert line.is_full()
    assert in_flight.pages == FEWEST


async def test_s6_a_line_that_lasts_is_no_burst_and_is_kept_short(in_flight: InFlight) -> None:
    clock = HandClock()
    line = Line(in_flight, Room(USUAL), clock=clock)
    inside = [enter(line) for _ in range(USUAL)]
    waiting = [enter(line) for _ in range((IN_A_BURST - 1) * USUAL)]
    assert line.is_full()
    clock.now += BURST
    assert line.is_full()
    for ticket in inside + waiting:
        line.leave(ticket)
    for ticket in waiting:
        line.leave(ticket)
    assert (in_flight.pages, line.waiting) == (0, 0)
    again = [enter(line) for _ in range(IN_A_BURST * USUAL)]
    assert again[USUAL - 1].inside
    assert not again[USUAL].inside


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


async def test_in_report_only_mode_nobody_waits_and_it_is_said_when_somebody_would_be_refused(
    in_flight: InFlight,
) -> None:
    line = Line(in_flight, Room(MOST), enforced=False)
    full, tickets = [], []
    for _ in range(MOST + 2):
        full.append(line.is_full())
        tickets.append(line.enter())
    assert full == [False] * MOST + [True] * 2
    assert all(ticket.inside for ticket in tickets)
    assert in_flight.pages == len(tickets)
