"""A flight, and the places on it. Who waits has a seat, and gives it up when the page has gone away."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from bff.cache.outcome import Failed, Outcome
from bff.errors import UpstreamFailed
from bff.resilience.deadline import Deadline
from bff.timeline.call import CallTimeline

ENDED: Final = "the call was ended early"


@dataclass(slots=True, eq=False)
class Flight:
    """One call for some addresses. `wanted` once somebody ran out of time: its answer is for the cache."""

    landings: Mapping[str, asyncio.Future[Outcome]]
    timeline: CallTimeline
    task: asyncio.Task[None] = field(init=False)
    seats: int = 0
    wanted: bool = False

    @property
    def landed(self) -> bool:
        """Whether every address has its outcome."""
        return all(landing.done() for landing in self.landings.values())

    def land(self, outcomes: Mapping[str, Outcome]) -> None:
        """Tell those who wait."""
        for address, outcome in outcomes.items():
            self.landings[address].set_result(outcome)

    def over(self) -> None:
        """What has no outcome now will have none: nobody is left waiting."""
        self.land(
            {address: Failed(UpstreamFailed(ENDED)) for address, landing in self.landings.items() if not landing.done()}
        )


class Seat:
    """A place on a flight, for one address and one who waits."""

    def __init__(self, flight: Flight, address: str, end: Callable[[Flight], None]) -> None:
        self._flight = flight
        self._end = end
        self._landing = flight.landings[address]
        self._wakes: list[Callable[[], None]] = []
        self._given_up = False
        flight.seats += 1

    @property
    def landed(self) -> bool:
        """Whether there is an outcome."""
        return self._landing.done()

    @property
    def timeline(self) -> CallTimeline | None:
        """The flight's."""
        return self._flight.timeline

    async def wait(self, deadline: Deadline) -> Outcome | None:
        """The outcome; None if the deadline comes first, and then the flight goes on for the cache.

        None too as soon as the seat is given up.
        """
        if not self._landing.done() and not self._given_up:
            await self._woken(deadline)
        return self.leave_to_cache()

    async def _woken(self, deadline: Deadline) -> None:
        """By the landing, the deadline, or because the seat is given up."""
        loop = asyncio.get_running_loop()
        waiter: asyncio.Future[None] = loop.create_future()

        def wake(_: object = None) -> None:
            if not waiter.done():
                waiter.set_result(None)

        self._landing.add_done_callback(wake)
        self._wakes.append(wake)
        timer = loop.call_at(deadline.at, wake)
        try:
            await waiter
        finally:
            timer.cancel()
            self._wakes.remove(wake)
            self._landing.remove_done_callback(wake)

    def leave_to_cache(self) -> Outcome | None:
        """The outcome, if it is there; else the flight goes on for the cache."""
        if self._landing.done():
            return self._landing.result()
        if not self._given_up:
            self._flight.wanted = True
        return None

    def give_up(self) -> None:
        """Nobody sits here any more; whoever still waits is told so. Once only."""
        self._given_up = True
        for wake in self._wakes:
            wake()
        self._flight.seats -= 1
        if self._flight.seats == 0 and not self._flight.wanted and not self._flight.landed:
            self._end(self._flight)


@dataclass(frozen=True, slots=True)
class Grounded:
    """In place of a seat, where no flight may start."""

    why: Failed
    landed: bool = True
    timeline: CallTimeline | None = None

    async def wait(self, _: Deadline) -> Outcome | None:
        """As a seat on a flight that has landed."""
        return self.why

    def leave_to_cache(self) -> Outcome | None:
        """As a seat on a flight that has landed."""
        return self.why

    def give_up(self) -> None:
        """There is nothing to give up."""
