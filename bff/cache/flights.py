"""Calls under way. A flight belongs to the app and to nobody's request; each address has one at a time.

Who waits has a seat. Whoever runs out of time leaves the flight to the cache; whoever goes away gives the seat up,
and a flight that nobody waits for and no cache wants is ended.
"""

import asyncio
import contextvars
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bff.cache.outcome import Failed, Outcome
from bff.errors import UpstreamFailed
from bff.resilience.deadline import Deadline

Fly = Callable[[], Coroutine[Any, Any, Mapping[str, Outcome]]]
Unload = Callable[[Mapping[str, Outcome]], Coroutine[Any, Any, None]]


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
        """Tell those who wait; an address without an outcome was on a flight that ended early."""
        for address, landing in self.landings.items():
            landing.set_result(outcomes.get(address) or Failed(UpstreamFailed("the call was ended early")))


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
        self._tasks: set[asyncio.Task[None]] = set()

    def __contains__(self, address: str) -> bool:
        return address in self._by_address

    def __len__(self) -> int:
        return len(self._tasks)

    def seat(self, address: str) -> Seat:
        """A seat on the flight that is under way for this address."""
        return Seat(self, self._by_address[address], address)

    def start(self, addresses: Sequence[str], fly: Fly, unload: Unload) -> None:
        """Fly for these addresses, land, then unload what came.

        In an empty context, so that no deadline or trace of one request leaks into work others wait for.
        """
        loop = asyncio.get_running_loop()
        flight = Flight({address: loop.create_future() for address in addresses})
        self._by_address.update(dict.fromkeys(addresses, flight))
        flight.task = contextvars.Context().run(asyncio.create_task, self._run(flight, fly, unload))
        self._tasks.add(flight.task)
        flight.task.add_done_callback(self._tasks.discard)

    def end(self, flight: Flight) -> None:
        """End a flight early. Whoever asks from now on starts another one."""
        self._forget(flight)
        flight.task.cancel()

    async def close(self) -> None:
        """End every flight, and wait until it has ended."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _run(self, flight: Flight, fly: Fly, unload: Unload) -> None:
        outcomes: Mapping[str, Outcome] = {}
        try:
            outcomes = await fly()
        except BaseException:  # a flight that is ended leaves nobody waiting
            self._forget(flight)
            raise
        finally:
            flight.land(outcomes)
        try:  # until its answer is in the cache, whoever asks for it sits down here
            await unload(outcomes)
        finally:
            self._forget(flight)

    def _forget(self, flight: Flight) -> None:
        for address in flight.landings:
            if self._by_address.get(address) is flight:
                del self._by_address[address]
