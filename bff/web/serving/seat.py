"""One of several workers: who serves in it changes, its number stays."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from bff.errors import BffError
from bff.web.serving.pauses import Pauses
from bff.web.serving.worker import Worker, how

log = logging.getLogger("bff.workers")


class CannotStart(BffError):
    """A worker ended, or said nothing, before it served."""


class Seat:
    """`start` starts a worker of this number and returns it when it serves, or raises `CannotStart`."""

    def __init__(self, number: int, start: Callable[[int], Awaitable[Worker]], pauses: Pauses) -> None:
        self.number = number
        self.worker: Worker | None = None
        """The one that serves; None until there is one again."""

        self.failed_starts = 0
        """Since one succeeded."""

        self._start = start
        self._pauses = pauses
        self._changing = asyncio.Lock()

    async def fill(self) -> None:
        """Start one. Raises `CannotStart`."""
        async with self._changing:
            self.worker = await self._started()

    async def hold(self, hopeless: Callable[[], bool]) -> None:
        """Start another one whenever it ends by itself. Raises `CannotStart` when that fails and is `hopeless`."""
        while True:
            worker = self.worker
            assert worker is not None, "filled before, or just now"
            await asyncio.wait({worker.ended})
            async with self._changing:
                if worker is self.worker:
                    self.worker = None
                    await self._replace(worker, hopeless)

    async def change(self, drain: float) -> None:
        """Another one serves, then the one before it drains. Raises `CannotStart`; then that one goes on."""
        async with self._changing:
            before, self.worker = self.worker, await self._started()
        assert before is not None, "whoever holds the seat lets go of it only when it is filled"
        await before.drain(drain)

    async def _replace(self, ended: Worker, hopeless: Callable[[], bool]) -> None:
        ended.kill()  # what it may have left behind
        what, age = f"Worker {self.number} (process {ended.pid}) {how(ended.ended.result())}", ended.age
        while self.worker is None:
            pause = self._pauses.after(age)
            log.warning("%s after %.0f s. Another one is started %s.", what, age, _when(pause))
            await asyncio.sleep(pause)
            try:
                self.worker = await self._started()
            except CannotStart as error:
                if hopeless():
                    raise
                what, age = str(error), 0.0

    async def _started(self) -> Worker:
        try:
            worker = await self._start(self.number)
        except CannotStart:
            self.failed_starts += 1
            raise
        self.failed_starts = 0
        return worker


def _when(pause: float) -> str:
    return f"in {pause:g} s" if pause else "at once"
