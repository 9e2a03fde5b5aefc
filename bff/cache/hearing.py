"""Listening for what other processes change, for as long as the app lives."""

import asyncio
from collections.abc import Sequence
from typing import Final

from bff.cache.first_tier import FirstTier
from bff.cache.flights import Flights
from bff.cache.second_tier import SecondTier
from bff.events import CacheHeard, Listener

RETRY_EVERY: Final = 0.5
"""Seconds between two attempts to listen."""

MOST_SAID: Final = 200
"""Characters of a server's own words."""


class Hearing:
    """An ear for the first tier and for flights, whose answers may be older than what was heard.

    After a break anything may have been missed, so the first tier is emptied, both when it breaks and when it is over.
    """

    def __init__(self, first: FirstTier, flights: Flights, tell: Listener) -> None:
        self._first = first
        self._flights = flights
        self._tell = tell
        self.whole = False
        """Whether nothing is missed."""
        self._unheard: str | None = None
        """Why, while that is told and not over."""

    async def go_on(self, second: SecondTier) -> None:
        """Listen until cancelled, over every break."""
        while True:
            try:
                await second.listen(self)
            except Exception as error:
                if self._unheard is None:
                    self._unheard = _why(error)
                    self._tell(CacheHeard(False, self._unheard))
            finally:
                self._broken()
            await asyncio.sleep(RETRY_EVERY)

    def listening(self) -> None:
        """As `Ear.listening` says."""
        self.forget_all()
        self.whole = True
        self._tell(CacheHeard(True, None if self._unheard is None else "again"))
        self._unheard = None

    def forget(self, addresses: Sequence[str]) -> None:
        """As `Ear.forget` says."""
        self._first.forget(addresses)
        self._flights.forget(addresses)

    def forget_viewer(self, viewer: str) -> None:
        """As `Ear.forget_viewer` says."""
        self._first.forget_viewer(viewer)
        self._flights.forget_viewer(viewer)

    def forget_all(self) -> None:
        """As `Ear.forget_all` says."""
        self._first.forget_all()
        self._flights.forget_all()

    def _broken(self) -> None:
        if self.whole:
            self.whole = False
            self.forget_all()


def _why(error: Exception) -> str:
    """What it is, and the first line of what it says."""
    said = str(error).partition("\n")[0][:MOST_SAID].rstrip(".")
    return f"{type(error).__name__}: {said}" if said else type(error).__name__
