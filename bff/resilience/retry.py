"""Trying again, seldom and never all at once."""

import asyncio
import random
from dataclasses import dataclass
from typing import TypeVar

from bff.errors import SourceError
from bff.events import Listener, Retried
from bff.resilience.budget import Budget
from bff.resilience.checked import above_zero, never_negative, shares
from bff.resilience.deadline import Deadline
from bff.resilience.guard import Attempt, Refusal

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryOptions:
    """Each retry waits a random time below `base` seconds, which doubles with each."""

    most: int = 1
    """Further attempts after the first; 0 for none. Ignored where the source hedges."""

    base: float = 0.025
    longest: float = 0.25
    """Seconds. No wait is drawn from more, and an upstream that wants to be left alone for longer is not waited for."""

    share: float = 0.1
    """Of the calls of the last `window` seconds: so many retries there may be, and always `least`."""

    least: int = 3
    window: float = 10.0

    def __post_init__(self) -> None:
        never_negative("RetryOptions", most=self.most, least=self.least)
        above_zero("RetryOptions", base=self.base, longest=self.longest, window=self.window)
        shares("RetryOptions", share=self.share)


class Retry:
    """Repeats what failed for a moment, while there is time and the budget lasts.

    The wait is full jitter: uniform from none to a doubling bound, so that callers who failed together do not come
    back together (M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015). Only for calls that may
    be repeated: whoever puts the guards in order leaves it out before others.
    """

    def __init__(self, options: RetryOptions, *, source: str, tell: Listener, refusal: Refusal) -> None:
        """`refusal` speaks for the guards further in."""
        self._options = options
        self._refusal = refusal
        self._budget = Budget(options.share, least=options.least, window=options.window)
        self._source = source
        self._tell = tell

    async def __call__(self, attempt: Attempt[T], deadline: Deadline, /) -> T:
        """Run the attempt, and again where that may help. Raises what the last one raised."""
        self._budget.saw_call()
        for tried in range(self._options.most):
            try:
                return await attempt(deadline)
            except SourceError as error:
                wait = self._wait(error, tried)
                if wait >= deadline.left() or self._is_refused(wait) or not self._budget.spend():
                    raise
                self._tell(Retried(self._source, error.code, wait))
            await asyncio.sleep(wait)
        return await attempt(deadline)

    @property
    def budget_left(self) -> int:
        """So many extra calls there may be now."""
        return self._budget.left()

    def _is_refused(self, wait: float) -> bool:
        """Whether the next attempt would be, once it is made: the failure may have opened the breaker."""
        refusal = self._refusal()
        return refusal is not None and (refusal.retry_after or 0.0) > wait

    def _wait(self, error: SourceError, tried: int) -> float:
        """Seconds until another attempt makes sense; infinite where none does."""
        told_when = error.upstream_at_fault and error.retry_after is not None
        not_before = error.retry_after or 0.0
        if not (error.transient or told_when) or not_before > self._options.longest:
            return float("inf")
        bound = min(self._options.longest, self._options.base * 2**tried)
        return not_before + random.uniform(0, bound)  # noqa: S311 - spreads load, hides nothing
