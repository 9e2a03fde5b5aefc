"""How long one attempt may take, in total."""

import asyncio
from dataclasses import dataclass
from typing import Final, TypeVar

from bff.errors import DeadlineExceeded
from bff.resilience.deadline import Deadline
from bff.resilience.guard import Attempt

T = TypeVar("T")

GRACE: Final = 0.01
"""Seconds. A transport that is told the deadline ends its call itself, which is kinder to its connections."""


@dataclass(frozen=True, slots=True)
class AttemptTimeout:
    """Ends an attempt after `seconds`, or at the deadline where that comes first or there is no other bound.

    The time is total, body included: clients time out single reads, and a body that drips passes each of them.
    """

    seconds: float | None

    async def __call__(self, attempt: Attempt[T], deadline: Deadline, /) -> T:
        """Run the attempt. Raises `DeadlineExceeded` when its time is up."""
        own = deadline if self.seconds is None else deadline.within(self.seconds)
        try:
            async with asyncio.timeout_at(own.at + GRACE) as bound:
                return await attempt(own)
        except TimeoutError as late:
            if not bound.expired():
                raise
            raise DeadlineExceeded("the call did not end in time") from late
