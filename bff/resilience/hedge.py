"""A second call where the first one takes unusually long."""

import asyncio
from collections import deque
from dataclasses import dataclass
from typing import TypeVar

from bff.events import Hedged, Listener
from bff.resilience.budget import Budget
from bff.resilience.checked import above_zero, shares
from bff.resilience.deadline import Deadline
from bff.resilience.guard import Attempt

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class HedgeOptions:
    """Off unless enabled: it costs the upstream calls, and helps only where slowness is a matter of luck."""

    enabled: bool = False

    share: float = 0.05
    """The most extra calls, of those in the last `window` seconds."""

    window: float = 10.0

    quantile: float = 0.95
    """A call is late when it has taken longer than this share of the source's recent ones."""

    fewest: int = 20
    """Calls whose duration must be known before any is hedged."""

    remembered: int = 200
    """Calls whose duration is kept."""

    def __post_init__(self) -> None:
        above_zero("HedgeOptions", window=self.window, fewest=self.fewest, remembered=self.remembered)
        shares("HedgeOptions", share=self.share, quantile=self.quantile)


class Hedge:
    """Races a late attempt with a second one; the first good answer wins and the other attempt is cancelled.

    After "hedged requests" in J. Dean and L. Barroso, "The Tail at Scale", CACM 56(2), 2013. Only for calls that may be
    repeated, and never together with retries: both at once would multiply.
    """

    def __init__(self, options: HedgeOptions, *, source: str, tell: Listener) -> None:
        self._options = options
        self._budget = Budget(options.share, least=0, window=options.window)
        self._durations: deque[float] = deque(maxlen=options.remembered)
        self._source = source
        self._tell = tell

    async def __call__(self, attempt: Attempt[T], deadline: Deadline, /) -> T:
        """Run the attempt, and a second one where it is late. Raises what the first one raised if both fail."""
        self._budget.saw_call()
        late_after = self._late_after()
        if late_after is None:
            return await self._timed(attempt, deadline)
        runners: list[asyncio.Future[T]] = [asyncio.ensure_future(self._timed(attempt, deadline))]
        try:
            await asyncio.wait(runners, timeout=late_after)
            if not runners[0].done() and self._budget.spend():
                self._tell(Hedged(self._source, late_after))
                runners.append(asyncio.ensure_future(self._timed(attempt, deadline)))
            winner = await _first_good(runners)
            if not runners[0].done():
                # its true duration will never be known; that it was among the longest is
                self._durations.append(late_after)
            return winner.result()
        finally:
            for runner in runners:
                runner.cancel()
            await asyncio.gather(*runners, return_exceptions=True)

    @property
    def budget_left(self) -> int:
        """So many extra calls there may be now."""
        return self._budget.left()

    async def _timed(self, attempt: Attempt[T], deadline: Deadline) -> T:
        clock = asyncio.get_running_loop().time
        started = clock()
        value = await attempt(deadline)
        self._durations.append(clock() - started)
        return value

    def _late_after(self) -> float | None:
        """Seconds; None while too little is known."""
        if len(self._durations) < self._options.fewest:
            return None
        ranked = sorted(self._durations)
        return ranked[min(int(len(ranked) * self._options.quantile), len(ranked) - 1)]


async def _first_good(runners: list[asyncio.Future[T]]) -> asyncio.Future[T]:
    """The first to succeed; the first of them where none does."""
    pending = set(runners)
    while pending:
        done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
        for runner in runners:
            if runner in done and runner.exception() is None:
                return runner
    return runners[0]
