"""A proxy as simple as an honest one can be: it checks health, keeps connections to backends, and retries nothing."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

CHECK_EVERY = 0.05
ENTRANCE = b"GET /health/ready HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"


@dataclass
class Backend:
    """`ready` is what it last said; `kept` are connections that may be used again."""

    port: int
    ready: bool = False
    kept: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = field(default_factory=list)

    async def check(self) -> None:
        """Ask whether it is ready."""
        try:
            async with asyncio.timeout(1):
                reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
                writer.write(ENTRANCE)
                self.ready = b" 200 " in await reader.readline()
                writer.close()
        except (OSError, TimeoutError):
            self.ready = False

    async def connection(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """One that is kept, unless its end has been seen; else a new one."""
        while self.kept:
            reader, writer = self.kept.pop()
            if not reader.at_eof():
                return reader, writer
            writer.close()
        return await asyncio.open_connection("127.0.0.1", self.port)


@dataclass
class Proxy:
    """`failed` says what became of requests that got no answer from a backend."""

    backends: list[Backend]
    port: int = 0
    failed: list[str] = field(default_factory=list)
    answered: dict[int, int] = field(default_factory=dict)
    _next: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One client: one request after the other, none of which has a body."""
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                writer.write(await self._passed_on(await reader.readuntil(b"\r\n\r\n")))
        writer.close()

    async def _passed_on(self, request: bytes) -> bytes:
        ready = [backend for backend in self.backends if backend.ready]
        if not ready:
            return self._failure("no backend is ready")
        self._next += 1
        backend = ready[self._next % len(ready)]
        try:
            reader, writer = await backend.connection()
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            lower = head.lower()
            length = int(lower.partition(b"content-length: ")[2].partition(b"\r\n")[0])
            body = await reader.readexactly(length)
        except (OSError, asyncio.IncompleteReadError) as error:
            return self._failure(f"{type(error).__name__}: {error}")
        self.answered[backend.port] = self.answered.get(backend.port, 0) + 1
        if b"\r\nconnection: close" in lower:
            writer.close()
            head = head.replace(b"connection: close\r\n", b"")  # between it and us alone
        else:
            backend.kept.append((reader, writer))
        return head + body

    def _failure(self, why: str) -> bytes:
        self.failed.append(why)
        return b"HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n"

    async def look_after(self) -> None:
        """Ask again and again who is ready."""
        while True:
            await asyncio.gather(*(backend.check() for backend in self.backends))
            await asyncio.sleep(CHECK_EVERY)


@asynccontextmanager
async def proxied(ports: Sequence[int]) -> AsyncIterator[Proxy]:
    """One before these backends, all of which are ready."""
    proxy = Proxy([Backend(port) for port in ports])
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
    proxy.port = server.sockets[0].getsockname()[1]
    await asyncio.gather(*(backend.check() for backend in proxy.backends))
    looking = asyncio.create_task(proxy.look_after())
    try:
        yield proxy
    finally:
        looking.cancel()
        await asyncio.gather(looking, return_exceptions=True)
        server.close()
        for backend in proxy.backends:
            for _, writer in backend.kept:
                writer.close()
