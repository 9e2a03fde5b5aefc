"""A client that calls an ASGI app as a server would, and may leave before it is answered."""

import asyncio
from collections.abc import Iterable

import orjson
from starlette.applications import Starlette
from starlette.types import Message

from tests.page_client import LANDING

BODY = orjson.dumps({"query": LANDING})


async def ask(
    app: Starlette,
    viewer: str,
    *,
    leaves_after: float | None = None,
    body: bytes = BODY,
    headers: Iterable[tuple[bytes, bytes]] = (),
) -> int:
    """The status of the answer. A client that left gets 499, which nobody sees."""
    statuses: list[int] = []
    coming: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]
    answered = asyncio.Event()

    async def receive() -> Message:
        if coming:
            return coming.pop()
        try:
            async with asyncio.timeout(leaves_after):
                await answered.wait()
        except TimeoutError:
            pass
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/graphql",
        "query_string": b"",
        "headers": [(b"content-type", b"application/json"), (b"x-viewer", viewer.encode()), *headers],
    }
    await app(scope, receive, send)
    answered.set()
    [status] = statuses
    return status
