"""What a look into the cache came to, and the ladder down from it: fresh, revalidated, live, stale, nothing."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from bff.cache.entry import Entry
from bff.cache.outcome import Fetched
from bff.cache.seats import Grounded, Seat
from bff.errors import DeadlineExceeded, NotFound, SectionState, SourceError
from bff.resilience.deadline import Deadline
from bff.timeline.call import CallTimeline

V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Answer(Generic[V]):
    """A value, the rung it was taken from, and why no better one could be had, if one was tried for."""

    value: V
    state: SectionState
    fetched_at: float
    because: SourceError | None = None


@dataclass(frozen=True, slots=True)
class Reading(Generic[V]):
    """A cached entry, a seat on a flight that will bring a fresh value (or why there is none), or both.

    An entry without a seat is served as it is: `CACHED` while fresh, `STALE` while its successor is fetched.
    """

    entry: Entry[V] | None
    seat: Seat | Grounded | None
    fresh: bool = False

    @property
    def settled(self) -> bool:
        """Whether there is nothing to wait for."""
        return self.seat is None or self.seat.landed

    @property
    def waited_for(self) -> CallTimeline | None:
        """The call that would bring the fresh value."""
        return None if self.seat is None else self.seat.timeline

    async def settle(self, deadline: Deadline | None) -> Answer[V]:
        """The best answer to be had by the deadline, or without waiting where there is none.

        Raises a `SourceError`, or what a bug raised.
        """
        if self.seat is None:
            return self._as_it_is()
        outcome = self.seat.leave_to_cache() if deadline is None else await self.seat.wait(deadline)
        if outcome is None:
            waited = "no recent call was in time" if deadline is None else "no answer in the time this section has"
            return self._stale_or_raise(DeadlineExceeded(waited))
        if isinstance(outcome, Fetched):
            return Answer(outcome.value, SectionState.LIVE, outcome.at)
        return self._stale_or_raise(outcome.error)

    def abandon(self) -> None:
        """Whoever this was read for has gone away."""
        if self.seat is not None:
            self.seat.give_up()

    def _as_it_is(self) -> Answer[V]:
        assert self.entry is not None, "a reading holds an entry, a seat, or both"
        state = SectionState.CACHED if self.fresh else SectionState.STALE
        return Answer(self.entry.value, state, self.entry.fetched_at)

    def _stale_or_raise(self, error: Exception) -> Answer[V]:
        """Neither a bug nor the news that there is no such thing is hidden behind an old value."""
        if not isinstance(error, SourceError):
            raise error
        if self.entry is None or isinstance(error, NotFound):
            raise error.again()
        return Answer(self.entry.value, SectionState.STALE, self.entry.fetched_at, error)
