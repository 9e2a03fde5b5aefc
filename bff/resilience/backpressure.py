"""Not asking again before the upstream said to."""

import asyncio
from typing import TypeVar

from bff.errors import UpstreamThrottled
from bff.resilience.deadline import Deadline
from bff.resilience.guard import Attempt

T = TypeVar("T")


class Backpressure:
    """Obeys a 429 with Retry-After: until then nothing is sent.

    A 429 is about us, all of our calls; a 503 with Retry-After may be about one instance of many, and is the breaker's
    business. Answers say it in seconds or as a date; whoever reads them clamps it, so that no upstream is given up on
    for good.
    """

    def __init__(self) -> None:
        self._not_before = 0.0

    async def __call__(self, attempt: Attempt[T], deadline: Deadline, /) -> T:
        """Run the attempt, unless it is too early. Raises `UpstreamThrottled` then."""
        if (refusal := self.refusal()) is not None:
            raise refusal
        try:
            return await attempt(deadline)
        except UpstreamThrottled as error:
            self._obey(error)
            raise

    def refusal(self) -> UpstreamThrottled | None:
        """Why a call would not be let through now; None where it would."""
        left = self._not_before - asyncio.get_running_loop().time()
        return UpstreamThrottled("the upstream asked not to be called yet", retry_after=left) if left > 0 else None

    def _obey(self, error: UpstreamThrottled) -> None:
        if error.retry_after is not None:
            come_back = asyncio.get_running_loop().time() + error.retry_after
            self._not_before = max(self._not_before, come_back)
