"""Who may come in: so many at once, and for a moment, when many come together, some who wait for their turn."""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from typing import Final

from bff.web.in_flight import InFlight

WAITING: Final = 2
"""Times as many as are let in at once may wait."""

BURST: Final = 1.0
"""Seconds. A line that lasts for longer is no burst but too much load: then nobody waits, until for as long nobody has
been refused.
"""


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
        most: int,
        *,
        waiting: int | None = None,
        enforced: bool = True,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._in_flight = in_flight
        self._most = most
        self._most_waiting = WAITING * most if waiting is None else waiting
        self._enforced = enforced
        self._clock = clock
        self._waiting: deque[Ticket] = deque()
        self._since = float("-inf")
        self._refused_at = float("-inf")

    @property
    def waiting(self) -> int:
        """How many wait for their turn."""
        return sum(not ticket.over for ticket in self._waiting)

    def enter(self) -> tuple[Ticket | None, bool]:
        """A ticket or None, and whether there was no room. Where that is only reported nobody waits."""
        if not self._enforced or (self._in_flight.pages < self._most and not self._waiting):
            self._in_flight.pages += 1
            return Ticket(), self._in_flight.pages > self._most + self._most_waiting
        now = self._clock()
        if self._is_burst(now):
            if not self._waiting:
                self._since = now
            ticket = Ticket(asyncio.get_running_loop().create_future())
            self._waiting.append(ticket)
            return ticket, False
        self._refused_at = now
        return None, True

    def leave(self, ticket: Ticket) -> None:
        """Make room for the next one."""
        if ticket.over:
            return
        ticket.over = True
        if ticket.inside:
            self._in_flight.pages -= 1
        while self._waiting and (self._in_flight.pages < self._most or self._waiting[0].over):
            if self._waiting.popleft().calls():
                self._in_flight.pages += 1

    def _is_burst(self, now: float) -> bool:
        if now - self._refused_at < BURST or len(self._waiting) >= self._most_waiting:
            return False
        return not self._waiting or now - self._since < BURST
