"""Whether pages wait for a source at all."""

import asyncio
from dataclasses import dataclass
from typing import TypeVar

from bff.errors import NotFound
from bff.events import Listener, WaitingChanged, WouldHaveRefused
from bff.resilience.checked import above_zero
from bff.resilience.deadline import Deadline
from bff.resilience.guard import Attempt
from bff.resilience.mode import Mode

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingOptions:
    """When pages stop to wait, and how they find out that waiting is worth it again."""

    misses: int = 10
    """Calls in a row that were later than a page would have waited; then pages do not wait."""

    try_every: float = 5.0
    """Seconds between two pages that wait nevertheless."""

    mode: Mode = Mode.ENFORCE

    def __post_init__(self) -> None:
        above_zero("WaitingOptions", misses=self.misses, try_every=self.try_every)


class Waiting:
    """Watches calls, and tells pages whether to wait for one.

    That pages stop waiting and that we stop calling are two decisions: a source that takes 2 s every time is no use to
    wait for and every use to call. Its calls go on and fill the cache, and the first one that is in time again has
    every page wait again. A call is missed at the moment when a page would have given up, not when it ends: a source
    that hangs is known within one deadline.
    """

    def __init__(self, options: WaitingOptions, *, patience: float, source: str, tell: Listener) -> None:
        self._options = options
        self._patience = patience
        self._source = source
        self._tell = tell
        self._missed = 0
        """Calls that were late since the last one in time."""
        self._next_try = 0.0

    async def __call__(self, attempt: Attempt[T], deadline: Deadline, /) -> T:
        """Run the attempt, and watch whether it is in time. One that fails in time says nothing."""
        loop = asyncio.get_running_loop()
        given_up_at = loop.time() + self._patience
        late = loop.call_at(given_up_at, self._miss)
        try:
            value = await attempt(deadline)
        except NotFound:
            self._answered(given_up_at)
            raise
        finally:
            late.cancel()
        self._answered(given_up_at)
        return value

    @property
    def waits(self) -> bool:
        """Whether pages wait, but for those that are told to, to see."""
        return self._missed < self._options.misses

    def worthwhile(self) -> bool:
        """Whether a page should wait for a call that is under way. Now and then one is told to, to see."""
        if self.waits:
            return True
        now = asyncio.get_running_loop().time()
        if now >= self._next_try:
            self._next_try = now + self._options.try_every
            return True
        if self._options.mode is Mode.REPORT_ONLY:
            self._tell(WouldHaveRefused(self._source, "waiting"))
            return True
        return False

    def _answered(self, given_up_at: float) -> None:
        if asyncio.get_running_loop().time() >= given_up_at:
            return
        if self._missed >= self._options.misses:
            self._tell(WaitingChanged(self._source, True, self._options.mode is Mode.ENFORCE))
        self._missed = 0

    def _miss(self) -> None:
        self._missed += 1
        if self._missed == self._options.misses:
            self._next_try = asyncio.get_running_loop().time() + self._options.try_every
            self._tell(WaitingChanged(self._source, False, self._options.mode is Mode.ENFORCE))
