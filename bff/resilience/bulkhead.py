"""How many calls of one source may be under way at once."""

import asyncio
from dataclasses import dataclass
from typing import Final, TypeVar

from bff.errors import BulkheadFull
from bff.events import Listener, WouldHaveRefused
from bff.resilience.checked import above_zero, never_negative
from bff.resilience.deadline import Deadline
from bff.resilience.guard import Attempt
from bff.resilience.mode import Mode

T = TypeVar("T")

FOR_WHAT_CAN_WAIT: Final = 0.5
"""The share of the slots that attempts may take which can wait as well: the others are for those that cannot."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkheadOptions:
    """The defaults fit a core source; an optional one has fewer slots and never waits for one."""

    limit: int = 100
    """The most attempts under way at once, in one process."""

    max_wait: float = 0.25
    """Seconds an attempt may wait for its turn when that many are; 0 refuses at once."""

    mode: Mode = Mode.ENFORCE

    def __post_init__(self) -> None:
        above_zero("BulkheadOptions", limit=self.limit)
        never_negative("BulkheadOptions", max_wait=self.max_wait)


class Bulkhead:
    """Slots for attempts. A full one is no failure of the upstream.

    This, and no limit inside the HTTP client, bounds connections: a client's own limit loses slots when
    calls are cancelled, and is wedged for good.
    """

    def __init__(self, options: BulkheadOptions, *, source: str, tell: Listener) -> None:
        self._options = options
        self._slots = asyncio.Semaphore(options.limit)
        self.limit = options.limit
        self.taken = 0
        self.waiting = 0
        """Attempts that want a slot."""
        self._source = source
        self._tell = tell

    async def __call__(self, attempt: Attempt[T], deadline: Deadline, /) -> T:
        """Run the attempt in a slot. Raises `BulkheadFull` where there is none in time."""
        if self._options.mode is Mode.REPORT_ONLY and self._slots.locked():
            self._tell(WouldHaveRefused(self._source, "bulkhead"))
            return await attempt(deadline)
        await self._take_slot(deadline)
        self.taken += 1
        try:
            return await attempt(deadline)
        finally:
            self.taken -= 1
            self._slots.release()

    def crowded(self) -> BulkheadFull | None:
        """Why an attempt that can wait should not be made now; None where it may. Changes nothing."""
        if self._options.mode is Mode.REPORT_ONLY or self.taken < FOR_WHAT_CAN_WAIT * self._options.limit:
            return None
        return BulkheadFull(f"{self.taken} of {self._options.limit} calls allowed at once are under way")

    async def _take_slot(self, deadline: Deadline) -> None:
        limit, max_wait = self._options.limit, self._options.max_wait
        if not self._slots.locked():
            await self._slots.acquire()  # does not wait
            return
        if max_wait == 0:
            raise BulkheadFull(f"all {limit} calls allowed at once are under way")
        try:
            self.waiting += 1
            async with asyncio.timeout(min(max_wait, deadline.left())):
                await self._slots.acquire()
        except TimeoutError as late:
            raise BulkheadFull(f"all {limit} calls allowed at once were under way for up to {max_wait:g} s") from late
        finally:
            self.waiting -= 1
