"""How long a call itself may go on, whoever still waits for it."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from bff.errors import DeadlineExceeded

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class WorkBound:
    """Ends a call after `seconds`, so that work nobody waits for cannot pile up."""

    seconds: float

    async def __call__(self, attempt: Callable[[], Awaitable[T]], /) -> T:
        """Run the attempt. Raises `DeadlineExceeded` when its time is up."""
        try:
            async with asyncio.timeout(self.seconds) as bound:
                return await attempt()
        except TimeoutError as late:
            if not bound.expired():
                raise
            raise DeadlineExceeded(f"the call took longer than its work bound of {self.seconds:g} s") from late
