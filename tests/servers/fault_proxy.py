"""Stands between a client and a real server, and does what a server would not do on request.

    async with fault_proxy(valkey.url) as proxy:
        ...  # use proxy.url
        proxy.black_hole()
        proxy.mend()

What is switched holds at once, for connections that exist too.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit

from tests.servers.link import Connect, Link, Streams
from tests.servers.link_faults import BlackHole, Fault, Garbage, HalfReply, HungUp, Says, Slow, Stray


class FaultProxy:
    """Counts the `connections` it took and the `commands` it was sent, whatever became of them; `open` is how many
    connections there are now.
    """

    def __init__(self, connect: Connect, tls: ssl.SSLContext | None) -> None:
        self.connections = 0
        self.commands = 0
        self.port = 0
        self._connect = connect
        self._tls = tls
        self._fault = Fault()
        self._links: set[Link] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._listener: asyncio.Server | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}"

    @property
    def listens(self) -> bool:
        return self._listener is not None

    @property
    def open(self) -> int:
        return len(self._links)

    def mend(self) -> None:
        """Pass everything on."""
        self._fault = Fault()

    def black_hole(self) -> None:
        """Take everything, answer nothing."""
        self._fault = BlackHole()

    def hang_up(self) -> None:
        """Close what is open, and what comes, at once."""
        self._fault = HungUp()
        self.cut()

    def slow(self, seconds: float) -> None:
        """Answer each time so much later."""
        self._fault = Slow(seconds)

    def half_reply(self, length: int) -> None:
        """End a connection after so many bytes of a reply."""
        self._fault = HalfReply(length)

    def garbage(self) -> None:
        """Answer with random bytes."""
        self._fault = Garbage()

    def stray(self, reply: bytes) -> None:
        """Answer with this, and then with what was asked for: replies are off by one."""
        self._fault = Stray(reply)

    def say(self, reply: bytes) -> None:
        """Answer every command with this, such as `-LOADING it takes its time`."""
        self._fault = Says(reply)

    def cut(self) -> None:
        """Close what is open. What comes next is up to the fault."""
        for link in self._links:
            link.cut()

    async def refuse(self) -> None:
        """Listen no more, and close what is open; `listen` again to mend it."""
        if self._listener is not None:
            self._listener.close()
            self._listener = None
        self.cut()

    async def listen(self) -> None:
        """At the port it had, if it had one."""
        self._listener = await asyncio.start_server(self._taken, "127.0.0.1", self.port, ssl=self._tls)
        self.port = self._listener.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Nothing is left of it."""
        await self.refuse()
        await asyncio.gather(*self._tasks)

    async def _taken(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            if self._fault.accepts:
                with suppress(OSError):
                    await self._joined(Link((reader, writer), await self._connect()))
        finally:
            writer.close()
            self._tasks.discard(task)

    async def _joined(self, link: Link) -> None:
        self._links.add(link)
        try:
            await link.run(lambda: self._fault, self._count)
        finally:
            self._links.discard(link)

    def _count(self, commands: int) -> None:
        self.commands += commands


@asynccontextmanager
async def fault_proxy(url: str, tls: ssl.SSLContext | None = None) -> AsyncIterator[FaultProxy]:
    """In front of the server there: `unix://…` or `redis://host:port`. With `tls`, clients have to speak it."""
    parts = urlsplit(url)

    async def connect() -> Streams:
        if parts.scheme == "unix":
            return await asyncio.open_unix_connection(parts.path)
        return await asyncio.open_connection(parts.hostname, parts.port)

    proxy = FaultProxy(connect, tls)
    await proxy.listen()
    try:
        yield proxy
    finally:
        await proxy.close()
