"""HTTP by hand: for what a client library would not send, or would hide."""

import asyncio
from collections.abc import Callable

import httpx

from bff.lab.upstreams.server import Upstream


async def connect(upstream: Upstream) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A bare connection to it."""
    url = httpx.URL(upstream.url)
    return await asyncio.open_connection(url.host, url.port)


async def converse(upstream: Upstream, data: bytes) -> bytes:
    """Send that, and return all that comes until the server closes; it has five seconds."""
    reader, writer = await connect(upstream)
    try:
        async with asyncio.timeout(5):
            writer.write(data)
            return await reader.read()
    finally:
        writer.close()


async def until(condition: Callable[[], bool]) -> None:
    """Wait for it, and fail after five seconds."""
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110 - counters of the server, which has no event for each
            await asyncio.sleep(0.001)
