"""A client that reads frames: what came, and when."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import orjson
from starlette.applications import Starlette
from starlette.types import Message

MULTIPART: Final = "multipart/mixed"
OF_2022: Final = "multipart/mixed;deferSpec=20220824"
EVENTS: Final = "text/event-stream"

DEFERRED: Final = """
query Landing($defer: Boolean! = true) {
  landingPage {
    id
    messages { id subject sender { name } }
    todos { id }
    notifications { id }
    viewer { name }
    ... @defer(if: $defer, label: "later") { recommendations { title } }
  }
}
"""


@dataclass
class Received:
    """One answer, as it came."""

    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    chunks: list[tuple[float, bytes]] = field(default_factory=list)
    """Each with the seconds since it was asked for."""

    whole: bool = False

    @property
    def body(self) -> bytes:
        return b"".join(chunk for _, chunk in self.chunks)

    @property
    def frames(self) -> list[dict[str, Any]]:
        """Whichever way they came."""
        return [orjson.loads(each) for each in self._texts()]

    @property
    def times(self) -> list[float]:
        """When each frame was there."""
        return [when for when, chunk in self.chunks if chunk]

    def _texts(self) -> list[bytes]:
        kind = self.headers["content-type"]
        if kind.startswith(MULTIPART):
            assert self.body.startswith(b"\r\n---\r\n"), self.body[:20]
            assert self.body.endswith(b"\r\n-----\r\n"), self.body[-20:]
            return [part.split(b"\r\n\r\n", 1)[1] for part in self.body[7:-9].split(b"\r\n---\r\n")]
        if kind.startswith(EVENTS):
            assert b"\r" not in self.body
            assert self.body.endswith(b"\n\nevent: complete\ndata:\n\n")
            events = self.body.removesuffix(b"event: complete\ndata:\n\n").removesuffix(b"\n\n").split(b"\n\n")
            return [event.removeprefix(b"event: next\ndata: ") for event in events]
        return [self.body]


async def asked(
    app: Starlette,
    query: str = DEFERRED,
    *,
    accept: str = MULTIPART,
    variables: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
    leaves_after: float | None = None,
    breaks: bool = False,
    viewer: str = "1",
) -> Received:
    """The whole answer, or what had come when the client left, or its connection broke after the first frame."""
    loop, received, over = asyncio.get_running_loop(), Received(), asyncio.Event()
    started = loop.time()
    body = orjson.dumps({"query": query, "variables": variables})
    coming: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Message:
        if coming:
            return coming.pop()
        try:
            async with asyncio.timeout(leaves_after):
                await over.wait()
        except TimeoutError:
            pass
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            received.status = message["status"]
            received.headers = {name.decode(): value.decode() for name, value in message["headers"]}
        elif breaks and received.chunks:
            raise BrokenPipeError
        else:
            received.chunks.append((loop.time() - started, message.get("body", b"")))
            received.whole = not message.get("more_body", False)

    sent = {"content-type": "application/json", "accept": accept, "x-viewer": viewer, **(headers or {})}
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/graphql",
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in sent.items()],
    }
    await app(scope, receive, send)
    over.set()
    return received
