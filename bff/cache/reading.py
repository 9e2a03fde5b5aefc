"""What a look into the cache came to, and the ladder down from it: fresh, live, stale, nothing."""

import asyncio
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from bff.cache.entry import Entry
from bff.errors import DeadlineExceeded, SectionState, SourceError
from bff.resilience.deadline import Deadline

V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Fetched(Generic[V]):
    """A call's value for one key, and when it came, in seconds since the epoch."""

    value: V
    at: float


@dataclass(frozen=True, slots=True)
class Failed:
    """Why there is no value for one key. Kept as data: one failure may be told to many who wait."""

    error: Exception


Outcome = Fetched[Any] | Failed


@dataclass(frozen=True, slots=True)
class Answer(Generic[V]):
    """A value, the rung it was taken from, and, below the first rungs, why no better one could be had."""

    value: V
    state: SectionState
    fetched_at: float
    because: SourceError | None = None


@dataclass(frozen=True, slots=True)
class Reading(Generic[V]):
    """A cached entry, a flight that will bring a fresh value, or both."""

    entry: Entry[V] | None
    flight: asyncio.Future[Outcome] | None

    async def settle(self, deadline: Deadline) -> Answer[V]:
        """The best answer to be had by the deadline.

        Whoever stops waiting harms nobody: the flight goes on. Raises a `SourceError`, or what a bug raised.
        """
        if self.flight is None:
            return self._fresh()
        if not self.flight.done():
            await asyncio.wait((self.flight,), timeout=deadline.left())
        if not self.flight.done():
            return self._stale_or_raise(DeadlineExceeded("no answer in the time this section has"))
        outcome = self.flight.result()
        if isinstance(outcome, Fetched):
            return Answer(outcome.value, SectionState.LIVE, outcome.at)
        return self._stale_or_raise(outcome.error)

    def _fresh(self) -> Answer[V]:
        assert self.entry is not None, "a reading holds an entry, a flight, or both"
        return Answer(self.entry.value, SectionState.CACHED, self.entry.fetched_at)

    def _stale_or_raise(self, error: Exception) -> Answer[V]:
        if self.entry is None or not isinstance(error, SourceError):
            raise error.with_traceback(None)
        return Answer(self.entry.value, SectionState.STALE, self.entry.fetched_at, error)
