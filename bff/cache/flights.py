"""Calls under way. A flight belongs to the app and to nobody's request; each address has one at a time.

Who waits has a seat. Whoever runs out of time leaves the flight to the cache; whoever goes away gives the seat up,
and a flight that nobody waits for and no cache wants is ended.
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from bff.cache.address import root, root_of
from bff.cache.background import Background
from bff.cache.outcome import Outcome
from bff.cache.seats import Flight, Seat
from bff.timeline.call import CallTimeline

Land = Callable[[Mapping[str, Outcome]], None]
Fly = Callable[[Land], Coroutine[Any, Any, None]]
"""Lands outcomes as they come, each address once. Cancelled, it lets go of what it holds."""


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
        return Seat(self._by_address[address], address, self.end)

    def want(self, address: str) -> None:
        """If a flight is under way, its answer is for the cache, whoever else waits for it."""
        if address in self._by_address:
            self._by_address[address].wanted = True

    def start(self, addresses: Sequence[str], fly: Fly, timeline: CallTimeline) -> None:
        """Fly for these addresses, of which none is under way."""
        loop = asyncio.get_running_loop()
        flight = Flight({address: loop.create_future() for address in addresses}, timeline)
        self._by_address.update(dict.fromkeys(addresses, flight))
        flight.task = self._background.run(self._run(flight, fly))

    def end(self, flight: Flight) -> None:
        """End a flight early. Whoever asks from now on starts another one."""
        self._take_down(flight, flight.landings)
        _ = flight.task.cancel()

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
            flight.timeline.over()

    def _land(self, flight: Flight, outcomes: Mapping[str, Outcome]) -> None:
        flight.land(outcomes)
        self._take_down(flight, outcomes)

    def _take_down(self, flight: Flight, addresses: Iterable[str]) -> None:
        for address in addresses:
            if self._by_address.get(address) is flight:
                del self._by_address[address]
