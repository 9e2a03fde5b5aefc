"""What time it is, for the ages of cached values."""

import asyncio
import time


class SteadyClock:
    """Seconds since the epoch, read once and counted on by the event loop's monotonic clock.

    When the machine's clock jumps by an hour, values neither expire together nor live an hour longer (S5). What is told
    of their age is off by the jump until the process starts anew.
    """

    def __init__(self) -> None:
        self._epoch: float | None = None
        """When the loop's clock stood at zero; read when it is first needed, since only then there is a loop."""

    def __call__(self) -> float:
        """Seconds since the epoch."""
        now = asyncio.get_running_loop().time()
        if self._epoch is None:
            self._epoch = time.time() - now
        return self._epoch + now
