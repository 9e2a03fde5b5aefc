"""One process: its ready line, its last words, its end."""

import asyncio
import contextlib
import json
import os
import signal
from collections.abc import Callable
from typing import Any, cast

from bff.lab.dev.errors import ChildFailed

STDOUT, STDERR = 1, 2
LONGEST_LINE = 16_384
LONGEST_QUOTE = 300


class Child(asyncio.SubprocessProtocol):
    """A process in a session of its own, made by `Children.spawn`.

    The first JSON object with the member `ready` on its stdout is its ready line. What it writes to stderr is
    passed to `hear(name, line)`. Its last words are the last line of either.
    """

    def __init__(self, name: str, hear: Callable[[str, str], None]) -> None:
        loop = asyncio.get_running_loop()
        self.name = name
        self.ended: asyncio.Future[int] = loop.create_future()
        self._ready: asyncio.Future[dict[str, Any]] = loop.create_future()
        self._silent = asyncio.Event()
        self._hear = hear
        self._unfinished = {STDOUT: bytearray(), STDERR: bytearray()}
        self._last_line = ""

    @property
    def pid(self) -> int:
        return self._pid

    async def ready(self, within: float) -> dict[str, Any]:
        """The ready line. Raises ChildFailed if the process ends first, or is not ready `within` seconds."""
        first: set[asyncio.Future[Any]] = {self._ready, self.ended}
        await asyncio.wait(first, timeout=within, return_when=asyncio.FIRST_COMPLETED)
        if self._ready.done():
            return self._ready.result()
        if self.ended.done():
            raise await self.failure("at start")
        raise ChildFailed(f"{self.name} was not ready within {within:g} s{self._last_words()}")

    async def failure(self, when: str) -> ChildFailed:
        """Why it ended, in one sentence with its last words; for a process that has ended."""
        with contextlib.suppress(TimeoutError):  # a process it left behind may hold the pipes open
            async with asyncio.timeout(0.5):
                await self._silent.wait()
        return ChildFailed(f"{self.name} {_how(await self.ended)} {when}{self._last_words()}")

    def send(self, number: signal.Signals) -> None:
        """Signal the process itself, which knows best how to end what it started."""
        if not self.ended.done():
            # Not the transport's `send_signal`: it polls, and may take the exit code from asyncio's watcher.
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def kill(self) -> None:
        """SIGKILL to its whole session, also when only what it started is left."""
        with contextlib.suppress(ProcessLookupError, PermissionError):  # nobody left; on macOS: only the dead
            os.killpg(self._pid, signal.SIGKILL)

    async def end(self) -> None:
        """Kill what is left of it, and return when it is reaped."""
        self.kill()
        await asyncio.shield(self.ended)
        self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.SubprocessTransport, transport)
        self._pid = self._transport.get_pid()

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        *lines, rest = (self._unfinished[fd] + data).split(b"\n")
        self._unfinished[fd] = rest
        for line in lines:
            self._read(fd, line)
        if len(rest) > LONGEST_LINE:
            self._finish(fd)

    def pipe_connection_lost(self, fd: int, exc: Exception | None) -> None:
        if fd in self._unfinished:
            self._finish(fd)

    def process_exited(self) -> None:
        self.ended.set_result(cast(int, self._transport.get_returncode()))

    def connection_lost(self, exc: Exception | None) -> None:
        self._silent.set()

    def _finish(self, fd: int) -> None:
        line, self._unfinished[fd] = self._unfinished[fd], bytearray()
        if line:
            self._read(fd, line)

    def _read(self, fd: int, raw: bytearray) -> None:
        line = raw.decode(errors="replace").rstrip()
        if fd == STDOUT and not self._ready.done() and (ready := _ready_line(line)) is not None:
            self._ready.set_result(ready)
            return
        if line:
            self._last_line = line
        if fd == STDERR:
            self._hear(self.name, line)

    def _last_words(self) -> str:
        return f"; its last words: {self._last_line[:LONGEST_QUOTE]}" if self._last_line else ""


def _ready_line(line: str) -> dict[str, Any] | None:
    try:
        said = json.loads(line)
    except ValueError:
        return None
    return said if isinstance(said, dict) and "ready" in said else None


def _how(code: int) -> str:
    if code < 0:
        return f"was ended by {signal.Signals(-code).name}"
    return f"ended with exit code {code}"
