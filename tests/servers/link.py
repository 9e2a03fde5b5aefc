"""A client and its connection to the server, and what is done to what they send each other."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol

from tests.servers.resp import Commands

READ_AT_ONCE = 65_536

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Meddler(Protocol):
    """Does it."""

    async def asked(self, link: "Link", data: bytes, commands: int) -> None:
        """The client has sent data, with which so many commands are whole."""

    async def answered(self, link: "Link", data: bytes) -> None:
        """The server has sent data."""


class Link:
    """Passes nothing on by itself: whoever meddles just then does."""

    def __init__(self, client: Streams, server: Streams) -> None:
        self._from_client, self._client = client
        self._from_server, self._server = server

    async def to_server(self, data: bytes) -> None:
        """Pass it on."""
        self._server.write(data)
        await self._server.drain()

    async def to_client(self, data: bytes) -> None:
        """Pass it on."""
        self._client.write(data)
        await self._client.drain()

    def cut(self) -> None:
        """Both connections end; what was passed to the client still arrives."""
        self._client.close()
        self._server.transport.abort()

    async def run(self, meddler: Callable[[], Meddler], count: Callable[[int], None]) -> None:
        """Until either side ends."""
        pumps = [asyncio.ensure_future(pump) for pump in (self._asking(meddler, count), self._answering(meddler))]
        try:
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self.cut()
            for pump in pumps:
                pump.cancel()
            await asyncio.gather(*pumps, return_exceptions=True)

    async def _asking(self, meddler: Callable[[], Meddler], count: Callable[[int], None]) -> None:
        commands = Commands()
        while data := await self._from_client.read(READ_AT_ONCE):
            whole = len(commands.feed(data))
            count(whole)
            await meddler().asked(self, data, whole)

    async def _answering(self, meddler: Callable[[], Meddler]) -> None:
        while data := await self._from_server.read(READ_AT_ONCE):
            await meddler().answered(self, data)


Connect = Callable[[], Awaitable[Streams]]
