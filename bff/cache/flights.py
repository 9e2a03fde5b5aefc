"""Calls under way. A flight belongs to the app and to nobody's request; each address has one at a time.

Who waits has a seat. Whoever runs out of time leaves the flight to the cache; whoever goes away gives the seat up,
and a flight that nobody waits for and no cache wants is ended.
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

from bff.cache.address import root, root_of
from bff.cache.background import Background
from bff.cache.outcome import Failed, Outcome
from bff.errors import UpstreamFailed
from bff.resilience.deadline import Deadline

Land = Callable[[Mapping[str, Outcome]], None]
Fly = Callable[[Land], Coroutine[Any, Any, None]]
"""Lands outcomes as they come, each address once. Cancelled, it lets go of what it holds."""

ENDED: Final = "the call was ended early"


@dataclass(slots=True, eq=False)
class Flight:
    """One call for some addresses. `wanted` once somebody ran out of time: its answer is for the cache."""

    landings: Mapping[str, asyncio.Future[Outcome]]
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

    def __init__(self, flights: "Flights", flight: Flight, address: str) -> None:
        self._flights = flights
        self._flight = flight
        self._landing = flight.landings[address]
        self._wakes: list[Callable[[], None]] = []
        self._given_up = False
        flight.seats += 1

    @property
    def landed(self) -> bool:
        """Whether there is an outcome."""
        return self._landing.done()

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
            self._flights.end(self._flight)


@dataclass(frozen=True, slots=True)
class Grounded:
    """In place of a seat, where no flight may start."""

    why: Failed
    landed: bool = True

    async def wait(self, _: Deadline) -> Outcome | None:
        """As a seat on a flight that has landed."""
        return self.why

    def leave_to_cache(self) -> Outcome | None:
        """As a seat on a flight that has landed."""
        return self.why

    def give_up(self) -> None:
        """There is nothing to give up."""


class Flights:
    """Every flight of one app, by address. Guards bound their number; here they are only kept."""

    def __init__(self) -> None:
        self._by_address: dict[str, Flight] = {}
        self._background = Background()

    def __contains__(self, address: str) -> bool:
        return address in self._by_address

    def __len__(self) -> int:
        return len(self._background)

    def seat(self, address: str) -> Seat:
        """A seat on the flight that is under way for this address."""
        return Seat(self, self._by_address[address], address)

    def want(self, address: str) -> None:
        """If a flight is under way, its answer is for the cache, whoever else waits for it."""
        if address in self._by_address:
            self._by_address[address].wanted = True

    def start(self, addresses: Sequence[str], fly: Fly) -> None:
        """Fly for these addresses, of which none is under way."""
        loop = asyncio.get_running_loop()
        flight = Flight({address: loop.create_future() for address in addresses})
        self._by_address.update(dict.fromkeys(addresses, flight))
        flight.task = self._background.run(self._run(flight, fly))

    def end(self, flight: Flight) -> None:
        """End a flight early. Whoever asks from now on starts another one."""
        self._take_down(flight, flight.landings)
        flight.task.cancel()

    def forget(self, addresses: Iterable[str]) -> None:
        """Whoever asks for these from now on starts another flight: what comes of this one may be out of date."""
        for address in addresses:
            self._by_address.pop(address, None)

    def forget_viewer(self, viewer: str) -> None:
        """The same for all addresses of one viewer."""
        own = root(viewer)
        self.forget([address for address in self._by_address if root_of(address) == own])

    def forget_all(self) -> None:
        """The same for all addresses."""
        self._by_address.clear()

    async def close(self) -> None:
        """End every flight, and wait until it has ended."""
        await self._background.close()

    async def _run(self, flight: Flight, fly: Fly) -> None:
        try:
            await fly(partial(self._land, flight))
        finally:
            self._take_down(flight, flight.landings)
            flight.over()

    def _land(self, flight: Flight, outcomes: Mapping[str, Outcome]) -> None:
        flight.land(outcomes)
        self._take_down(flight, outcomes)

    def _take_down(self, flight: Flight, addresses: Iterable[str]) -> None:
        for address in addresses:
            if self._by_address.get(address) is flight:
                del self._by_address[address]
