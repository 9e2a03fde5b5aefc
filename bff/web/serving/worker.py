"""One worker process, as its parent sees it."""

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, Self

from bff.leash import leashed
from bff.web.serving.page_server import NOT_READY
from bff.web.serving.place import Place

START_WITHIN: Final = 60.0
"""Seconds until a worker has to serve."""


class Worker:
    """Started under the leash, in a session of its own. Made by `start`, in the main thread alone."""

    def __init__(self, number: int, path: Path, process: asyncio.subprocess.Process, ready: asyncio.Future[None]):
        self.number = number
        self.path = path
        """Where it answers questions."""

        self.pid = process.pid
        self.began = time.monotonic()
        self.ended = asyncio.create_task(process.wait())
        self._ready = ready

    @classmethod
    async def start(cls, command: Sequence[str], number: int, path: Path, *, listener: int, guard: int | None) -> Self:
        """Raises `OSError` where the operating system refuses."""
        reading, writing = os.pipe()
        place = Place(number, listener, writing, path)
        try:
            process = await asyncio.create_subprocess_exec(
                *leashed(command, guard=guard),
                stdin=asyncio.subprocess.DEVNULL,
                env={**os.environ, **place.told()},
                start_new_session=True,
                pass_fds=[fd for fd in (listener, writing, guard) if fd is not None],
            )
        except BaseException:
            os.close(reading)
            raise
        finally:
            os.close(writing)
        return cls(number, path, process, _said(reading))

    async def becomes_ready(self, within: float = START_WITHIN) -> bool:
        """Whether it serves in time; False as soon as it has ended."""
        first: set[asyncio.Future[Any]] = {self._ready, self.ended}
        await asyncio.wait(first, timeout=within, return_when=asyncio.FIRST_COMPLETED)
        return self._ready.done()

    async def drain(self, patience: float) -> None:
        """Ask it to end, and end it by force when it has not for so long."""
        self.ask_to_end()
        await asyncio.wait({self.ended}, timeout=patience)
        self.kill()
        await asyncio.wait({self.ended})

    def ask_to_end(self) -> None:
        """It drains."""
        self._send(signal.SIGTERM)

    def say_not_ready(self) -> None:
        """All of it is to end: from now on its readiness is off."""
        self._send(NOT_READY)

    def kill(self) -> None:
        """It, and what it has started."""
        with contextlib.suppress(ProcessLookupError, PermissionError):  # nobody left; on macOS: only the dead
            os.killpg(self.pid, signal.SIGKILL)

    @property
    def age(self) -> float:
        """Seconds since it was started."""
        return time.monotonic() - self.began

    def _send(self, number: signal.Signals) -> None:
        if not self.ended.done():
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)


def how(code: int) -> str:
    """How a process of that exit code ended."""
    if code < 0:
        return f"was ended by {signal.Signals(-code).name}"
    return f"ended with exit code {code}"


def _said(reading: int) -> asyncio.Future[None]:
    """Something is said through a pipe. Never done where its other end is closed before."""
    loop = asyncio.get_running_loop()
    said: asyncio.Future[None] = loop.create_future()

    def read() -> None:
        loop.remove_reader(reading)
        heard = os.read(reading, 1)
        os.close(reading)
        if heard and not said.done():
            said.set_result(None)

    loop.add_reader(reading, read)
    return said
