"""What a guard is given: attempts, and somebody to tell."""

import asyncio
from typing import Final

from bff.events import Event
from bff.resilience.deadline import Deadline
from bff.resilience.guard import Attempt

FAR: Final = Deadline(1_000_000.0)
"""Later than any test goes on."""


def now() -> float:
    return asyncio.get_running_loop().time()


def unheard(_: Event) -> None:
    """A listener for tests that are about something else."""


def takes(seconds: float, value: str = "done") -> Attempt[str]:
    """An attempt that succeeds."""

    async def attempt(_: Deadline) -> str:
        await asyncio.sleep(seconds)
        return value

    return attempt


def fails(error: BaseException, after: float = 0) -> Attempt[str]:
    """An attempt that does not."""

    async def attempt(_: Deadline) -> str:
        await asyncio.sleep(after)
        raise error

    return attempt


class InTurn:
    """The first attempt goes as the first of these, the next one as the next, and any further one as the last."""

    def __init__(self, *attempts: Attempt[str]) -> None:
        self._attempts = attempts
        self.begun: list[float] = []
        self.deadlines: list[Deadline] = []
        self.cancelled: list[float] = []

    async def __call__(self, deadline: Deadline) -> str:
        attempt = self._attempts[min(len(self.begun), len(self._attempts) - 1)]
        self.begun.append(now())
        self.deadlines.append(deadline)
        try:
            return await attempt(deadline)
        except asyncio.CancelledError:
            self.cancelled.append(now())
            raise


async def begin(*tasks: asyncio.Task[str]) -> None:
    """Let tasks run until each waits for something."""
    assert tasks
    for _ in range(5):
        await asyncio.sleep(0)


async def end(task: asyncio.Task[str]) -> None:
    """Cancel a task, and wait until it has ended."""
    task.cancel()
    await asyncio.wait([task])
    assert task.cancelled()
