"""A server that writes what it is told, byte for byte: for what no well-behaved upstream would send."""

import asyncio
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from bff.transport import Request

Play = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

WHOLE = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n[]"
NO_LINGER = struct.pack("ii", 1, 0)


@dataclass
class RawServer:
    """Listens at `url`. `requests` are the heads it read; `connections` counts those it accepted."""

    url: str
    connections: int = 0
    requests: list[str] = field(default_factory=list)

    def request(
        self, *, timeout: float = 5, max_body: int = 1_000_000, headers: Mapping[str, str] | None = None
    ) -> Request:
        """A request to it."""
        return Request(f"{self.url}/x", headers or {}, timeout, max_body)


@asynccontextmanager
async def raw_server(play: Play, tls: ssl.SSLContext | None = None) -> AsyncIterator[RawServer]:
    """Plays with each connection; those still open at the end are dropped."""
    handlers: dict[asyncio.Task[None] | None, asyncio.StreamWriter] = {}

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server.connections += 1
        handlers[asyncio.current_task()] = writer
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            await play(reader, writer)
        writer.close()
        del handlers[asyncio.current_task()]

    listener = await asyncio.start_server(handle, "127.0.0.1", 0, ssl=tls)
    port = listener.sockets[0].getsockname()[1]
    server = RawServer(f"{'https' if tls else 'http'}://127.0.0.1:{port}")
    try:
        yield server
    finally:
        listener.close()
        for writer in handlers.values():
            writer.transport.abort()
        await asyncio.gather(*(handler for handler in handlers if handler))


async def read_head(reader: asyncio.StreamReader) -> str:
    """One request, as text."""
    return (await reader.readuntil(b"\r\n\r\n")).decode()


def always(data: bytes) -> Play:
    """Answers every request with this, on connections that stay open."""

    async def play(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            await read_head(reader)
            writer.write(data)
            await writer.drain()

    return play


def once(data: bytes) -> Play:
    """Answers the first request with this, and closes."""
    return streams(data, ())


def streams(head: bytes, chunks: Iterable[bytes]) -> Play:
    """Sends the chunks as fast as they are read."""

    async def play(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_head(reader)
        writer.write(head)
        for chunk in chunks:
            writer.write(chunk)
            await writer.drain()

    return play


def resets_after(data: bytes) -> Play:
    """Sends this once the request is there, then resets the connection."""

    async def play(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_head(reader)
        writer.write(data)
        await writer.drain()
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NO_LINGER)
        writer.transport.abort()

    return play


def hangs_after(data: bytes) -> Play:
    """Sends this once the request is there, then nothing until the client goes."""

    async def play(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_head(reader)
        writer.write(data)
        await reader.read()

    return play


def answer(status: int = 200, body: bytes = b"[]", **headers: str) -> bytes:
    """A whole response; header names are written with dashes."""
    lines = [f"HTTP/1.1 {status} Whatever", f"content-length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body
