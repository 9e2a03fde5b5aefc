"""The upstream's end of its control socket."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import orjson

from .control import MAX_LINE, PATIENCE, ControlError, check_path
from .faults import FaultError
from .server import Upstream

USAGE: Final = '{"do": "break", "fault": "slow 2s"}, or with "mend", "stats" or "stop" and no fault'


@asynccontextmanager
async def controlled(upstream: Upstream, path: str | Path, stop: Callable[[], None]) -> AsyncIterator[None]:
    """Do what comes in at the control socket `path`, until the block is left. Told to stop, it calls `stop`.

    Raises `ControlError` when there can be no socket at `path`.
    """

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(PATIENCE):
                line = await reader.readline()
                writer.write(orjson.dumps(await _obey(line, upstream, stop)) + b"\n")
                await writer.drain()
        except (OSError, TimeoutError, ValueError):
            return  # gone, silent, or too long a line: nobody is there to be told
        finally:
            writer.close()

    listener = _listen(Path(check_path(path)))
    server = await asyncio.start_unix_server(talk, sock=listener, limit=MAX_LINE)
    try:
        yield
    finally:
        _remove(listener)
        server.close()


async def _obey(line: bytes, upstream: Upstream, stop: Callable[[], None]) -> dict[str, Any]:
    match _read(line):
        case {"do": "break", "fault": str(fault)}:
            try:
                await upstream.break_with(fault)
            except FaultError as problem:
                return {"error": str(problem)}
        case {"do": "mend"}:
            await upstream.mend()
        case {"do": "stop"}:
            stop()
        case {"do": "stats"}:
            return {**_state(upstream), **asdict(upstream.stats)}
        case _:
            return {"error": f"{line[:80]!r} is not understood: send {USAGE}."}
    return _state(upstream)


def _listen(path: Path) -> socket.socket:
    listener = socket.socket(socket.AF_UNIX)
    try:
        if path.is_socket():  # left behind by a process that was killed
            path.unlink()
        listener.bind(str(path))
        path.chmod(0o600)
    except OSError as problem:
        listener.close()
        reason = problem.strerror
        raise ControlError(f"Cannot listen at {path} ({reason}): choose a path in a directory of yours.") from problem
    return listener


def _remove(listener: socket.socket) -> None:
    Path(listener.getsockname()).unlink(missing_ok=True)


def _read(line: bytes) -> object:
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError:
        return None


def _state(upstream: Upstream) -> dict[str, Any]:
    fault = upstream.fault
    return {"service": upstream.name, "url": upstream.url, "fault": fault and str(fault)}
