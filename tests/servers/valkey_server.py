"""A Valkey on a port of this machine, configured as a test likes."""

import asyncio
import signal
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ResponseError

from bff.lab.dev.child import Child
from bff.lab.dev.children import Children
from bff.lab.dev.errors import ValkeyNotAvailable
from bff.lab.dev.valkey import valkey_binary
from tests.servers.free_ports import free_ports

STARTS_WITHIN: Final = 10.0
EVERY: Final = 0.01
"""Seconds between two looks."""

OPTIONS: Final = {
    "bind": "127.0.0.1",
    "save": "",
    "appendonly": "no",
    "loglevel": "warning",
    "enable-debug-command": "yes",
    "repl-diskless-sync-delay": "0",
}


@dataclass(frozen=True)
class Server:
    """One that was started. A test talks to it by `ask`, behind the back of what it tests."""

    child: Child
    port: int
    client: Redis

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}"

    async def ask(self, *words: str | bytes | int) -> Any:
        """Its reply; raises what it refuses with."""
        return await self.client.execute_command(*words)  # type: ignore[no-untyped-call]  # redis-py has typed none

    async def info(self, section: str) -> dict[str, Any]:
        """What it says about itself."""
        return dict(await self.client.info(section))

    async def kill(self) -> None:
        """As a machine that loses its power."""
        await self.child.end()

    @contextmanager
    def paused(self) -> Iterator[None]:
        """A black hole: the kernel takes what is sent, and nobody answers."""
        self.child.send(signal.SIGSTOP)
        try:
            yield
        finally:
            self.child.send(signal.SIGCONT)

    @asynccontextmanager
    async def busy(self) -> AsyncIterator[None]:
        """With a script that never ends; needs a short `busy-reply-threshold`."""
        script = asyncio.create_task(self.ask("EVAL", "while true do end", 0))
        try:
            await self._until_busy()
            yield
        finally:
            await self.ask("SCRIPT", "KILL")
            await asyncio.gather(script, return_exceptions=True)

    async def _until_busy(self) -> None:
        while True:
            try:
                await self.ask("PING")
                await asyncio.sleep(EVERY)
            except ResponseError:
                return


class Rack:
    """Starts servers, each in a directory of its own. They end with the children."""

    def __init__(self, children: Children, directory: Path) -> None:
        self._children = children
        self._directory = directory
        self._clients: list[Redis] = []

    async def start(
        self, port: int, options: Mapping[str, str], files: Mapping[str, str] | None = None, *arguments: str
    ) -> Server:
        """The process; it may not answer yet. It finds the files in its directory, and the arguments come first."""
        directory = self._directory / str(port)
        directory.mkdir(exist_ok=True)
        for name, text in (files or {}).items():
            (directory / name).write_text(text)
        every = {**options, "port": str(port), "dir": str(directory)}
        parts = [part for name, value in every.items() for part in (f"--{name}", value)]
        child = await self._children.spawn(f"valkey-{port}", [str(valkey_binary()), *arguments, *parts])
        client = Redis(port=port, password=options.get("requirepass"), protocol=2, retry=Retry(NoBackoff(), 0))
        self._clients.append(client)
        return Server(child, port, client)

    def file(self, port: int, name: str) -> str:
        """Where the server there finds a file of its own."""
        return str(self._directory / str(port) / name)

    async def close(self) -> None:
        """Let go of connections."""
        for client in self._clients:
            await client.aclose()


@asynccontextmanager
async def rack() -> AsyncIterator[Rack]:
    """Skips the test where there is no server for this machine."""
    try:
        valkey_binary()
    except ValkeyNotAvailable as missing:
        pytest.skip(f"needs an embedded Valkey: {missing}")
    with tempfile.TemporaryDirectory(prefix="bff-", dir="/tmp") as directory:
        async with Children(lambda name, line: None, grace=0) as children:
            made = Rack(children, Path(directory))
            try:
                yield made
            finally:
                await made.close()


@asynccontextmanager
async def running_server(options: Mapping[str, str] | None = None, port: int | None = None) -> AsyncIterator[Server]:
    """One server, with options besides those every one has."""
    async with rack() as made:
        server = await made.start(port or free_ports(1)[0], {**OPTIONS, **(options or {})})
        await until_it_answers(server)
        yield server


async def until_it_answers(server: Server) -> None:
    """Raises with its last words if it ends before."""
    async with asyncio.timeout(STARTS_WITHIN):
        while True:
            if server.child.ended.done():
                raise await server.child.failure("at start")
            try:
                await server.ask("PING")
                return
            except Exception:
                await asyncio.sleep(EVERY)


async def until_it_follows(replica: Server) -> None:
    """Has all that its master has."""
    async with asyncio.timeout(STARTS_WITHIN):
        while (await replica.info("replication")).get("master_link_status") != "up":  # noqa: ASYNC110 - a process
            await asyncio.sleep(EVERY)
