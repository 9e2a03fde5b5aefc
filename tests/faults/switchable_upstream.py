"""A simulated upstream over real sockets that can be made to write anything, while it runs, and to be healthy again."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from typing import SupportsIndex

from tests.transport.raw_server import Play, answer, read_head
from tests.upstreams_in_process import simulated


class SwitchableUpstream:
    """Listens at `url`, the same whatever happens. `targets` are what it was asked for, by whichever play."""

    def __init__(self, name: str, tls: ssl.SSLContext | None = None) -> None:
        self.name = name
        self.connections = 0
        self.targets: list[str] = []
        self._tls = tls
        self._play: Play = self.healthy
        self._goes_on = True
        self._bound = _bind(0)
        self._listener: asyncio.Server | None = None
        self._handlers: dict[asyncio.Task[None] | None, asyncio.StreamWriter] = {}

    @property
    def url(self) -> str:
        """Its base URL."""
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self._bound.getsockname()[1]}"

    @asynccontextmanager
    async def playing(self, play: Play, *, goes_on: bool = False) -> AsyncIterator[None]:
        """Requests that come in the block are played to so; their connections are closed then, or go on."""
        self._play, self._goes_on = play, goes_on
        try:
            yield
        finally:
            self._play, self._goes_on = self.healthy, True

    @asynccontextmanager
    async def refusing(self) -> AsyncIterator[None]:
        """Nobody listens, and open connections are reset."""
        await self.hang_up()
        self._stop_listening()
        try:
            yield
        finally:
            await self._listen(self._tls)

    @asynccontextmanager
    async def presenting(self, tls: ssl.SSLContext | None) -> AsyncIterator[None]:
        """Another certificate, or no TLS at all, on connections that are made in the block."""
        await self.hang_up()
        self._stop_listening()
        await self._listen(tls)
        try:
            yield
        finally:
            self._stop_listening()
            await self._listen(self._tls)

    def spoiled(self, spoil: Callable[[bytes], bytes]) -> Play:
        """A play that writes what `spoil` makes of the healthy body: a whole response, head included."""

        async def play(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(spoil(self.body(await read_head(reader))))
            await writer.drain()

        return play

    async def healthy(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answers one request as the simulated service does."""
        told = simulated(self.name).answer(_target(await read_head(reader)))
        writer.write(answer(told.status, told.body, content_type="application/json"))
        await writer.drain()

    def body(self, head: str) -> bytes:
        """The healthy body for a request."""
        return simulated(self.name).answer(_target(head)).body

    async def hang_up(self) -> None:
        """Drop every connection that is open, and wait until its play is over."""
        for writer in self._handlers.values():
            writer.transport.abort()
        await asyncio.gather(*(handler for handler in self._handlers if handler))

    async def open(self) -> None:
        """Take connections."""
        await self._listen(self._tls)

    async def _listen(self, tls: ssl.SSLContext | None) -> None:
        """Take connections."""
        loop = asyncio.get_running_loop()
        self._listener = await loop.create_server(self._protocol, sock=self._bound, ssl=tls)

    async def close(self) -> None:
        """Give the port back, and hang up."""
        if self._listener is not None:
            self._listener.close()
        self._bound.close()
        await self.hang_up()

    def _stop_listening(self) -> None:
        """The port stays bound, so that nobody else gets it meanwhile."""
        assert self._listener is not None, "it listens"
        port = self._bound.getsockname()[1]
        self._listener.close()
        self._listener = None
        self._bound = _bind(port)

    def _protocol(self) -> asyncio.StreamReaderProtocol:
        return asyncio.StreamReaderProtocol(_Requests(self.targets), self._handle)

    async def _handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert isinstance(reader, _Requests), "as made above"
        self.connections += 1
        self._handlers[asyncio.current_task()] = writer
        goes_on = True
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            while goes_on and await reader.has_more():
                goes_on = self._goes_on
                await self._play(reader, writer)
        writer.close()
        del self._handlers[asyncio.current_task()]


@asynccontextmanager
async def listening(upstream: SwitchableUpstream) -> AsyncIterator[SwitchableUpstream]:
    """It takes connections in the block."""
    await upstream.open()
    try:
        yield upstream
    finally:
        await upstream.close()


class _Requests(asyncio.StreamReader):
    """Says when a request begins, before any of it is read, and notes what each asks for."""

    def __init__(self, targets: list[str]) -> None:
        super().__init__()
        self._targets = targets
        self._arrived = asyncio.Event()
        self._is_over = False

    async def has_more(self) -> bool:
        """Whether another request comes, once that is known."""
        await self._arrived.wait()
        return not self.at_eof()

    def feed_data(self, data: Iterable[SupportsIndex]) -> None:
        super().feed_data(data)
        self._arrived.set()

    def feed_eof(self) -> None:
        super().feed_eof()
        self._over()

    def set_exception(self, exc: Exception) -> None:
        super().set_exception(exc)
        self._over()

    async def readuntil(self, separator: bytes = b"\n") -> bytes:  # type: ignore[override]  # newer Pythons take tuples
        head = await super().readuntil(separator)
        self._targets.append(_target(head.decode()))
        if not self._is_over:
            self._arrived.clear()
        return head

    def _over(self) -> None:
        self._is_over = True
        self._arrived.set()


def _target(head: str) -> str:
    return head.split(" ", 2)[1]


def _bind(port: int) -> socket.socket:
    bound = socket.socket()
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    bound.bind(("127.0.0.1", port))
    return bound
