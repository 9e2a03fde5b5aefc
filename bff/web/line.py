"""Who may come in: as many as there is room for, some who wait for their turn, and nobody else."""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from typing import Final

from bff.web.in_flight import InFlight
from bff.web.room import Room

IN_A_BURST: Final = 3
"""Times as many as otherwise may be inside and in the line together, while the line is young."""

BURST: Final = 1.0
"""Seconds. A line that lasts for longer is no burst but too much load: it would only make every page late."""


class Ticket:
    """Of one request."""

    __slots__ = ("_turn", "inside", "over")

    def __init__(self, turn: asyncio.Future[None] | None = None) -> None:
        self._turn = turn
        self.inside = turn is None
        self.over = False

    async def turn(self) -> None:
        """Until it may come in."""
        if self._turn is not None and not self.inside:
            await self._turn

    def calls(self) -> bool:
        """Its turn; False where its client is gone."""
        if self.over or self._turn is None or self._turn.done():
            return False
        self.inside = True
        self._turn.set_result(None)
        return True


class Line:
    """First come, first served. Whoever waits will be served: a refusal that comes late helps nobody."""

    def __init__(
        self,
        in_flight: InFlight,
        room: Room,
        *,
        enforced: bool = True,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._in_flight = in_flight
        self._room = room
        self._enforced = enforced
        self._clock = clock
        self._waiting: deque[Ticket] = deque()
        self._since = 0.0

    @property
    def waiting(self) -> int:
        """How many wait for their turn."""
        return sum(not ticket.over for ticket in self._waiting)

    def is_full(self) -> bool:
        """Whether whoever comes now is refused; where that is only reported, would be."""
        most = self._room.most
        if not self._waiting:
            return not self._enforced and self._in_flight.pages >= most
        if self._clock() - self._since < BURST:
            most *= IN_A_BURST
        return self._in_flight.pages + len(self._waiting) >= most

    def enter(self) -> Ticket:
        """Whether there is room or not: for whoever is not refused. Where that is only reported nobody waits."""
        if not self._enforced or (self._in_flight.pages < self._room.size and not self._waiting):
            self._in_flight.pages += 1
            return Ticket()
        if not self._waiting:
            self._since = self._clock()
        ticket = Ticket(asyncio.get_running_loop().create_future())
        self._waiting.append(ticket)
        return ticket

    def leave(self, ticket: Ticket) -> None:
        """Make room for the next one."""
        if ticket.over:
            return
        ticket.over = True
        if ticket.inside:
            self._in_flight.pages -= 1
        self.call()

    def call(self) -> None:
        """Whoever waits comes in where there is room."""
        while self._waiting and (self._in_flight.pages < self._room.size or self._waiting[0].over):
            if self._waiting.popleft().calls():
                self._in_flight.pages += 1
