"""The whole app, in process, and what every answer of it owes whoever asks."""

import asyncio
import time
from dataclasses import dataclass
from typing import Final

import orjson
from starlette.applications import Starlette
from starlette.types import Message

from bff import create_app, read_settings
from bff.schema import page
from tests.fuzz.requests import Sent
from tests.page_client import LANDING, ByHeader
from tests.upstreams_in_process import URLS, InProcessUpstreams

LONGEST: Final = 1.0
"""Seconds of CPU (E1): what else the machine is busy with is no fault of an answer."""

HANGS_AFTER: Final = 10.0
"""Seconds."""

ENVIRONMENT: Final = {**URLS, "BFF_RATE__VIEWER": "off", "BFF_RATE__ADDRESS": "off", "BFF_INTROSPECTION": "on"}
LEAKS: Final = (b"Traceback", b'File "', b"site-packages", b"bff/web")


@dataclass(frozen=True)
class Outcome:
    """What came back."""

    status: int
    body: bytes
    seconds: float
    cpu: float


def app_under_test() -> Starlette:
    """The landing page over upstreams that answer at once."""
    settings = read_settings(page, ENVIRONMENT)
    return create_app(page, settings, transport=InProcessUpstreams(), identify=ByHeader(), watch_loop=False)


def healthy() -> Sent:
    """What a browser sends."""
    body = orjson.dumps({"query": LANDING})
    return Sent("POST", b"", ((b"content-type", b"application/json"),), body)


async def ask(app: Starlette, sent: Sent) -> Outcome:
    """As a server would. Raises what no answer came of."""
    coming: list[Message] = [{"type": "http.request", "body": sent.body, "more_body": False}]
    answered, chunks, statuses = asyncio.Event(), bytearray(), []

    async def receive() -> Message:
        if coming:
            return coming.pop()
        await answered.wait()
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])
        else:
            chunks.extend(message.get("body", b""))

    scope = {
        "type": "http",
        "method": sent.method,
        "path": "/graphql",
        "query_string": sent.query_string,
        "headers": [*sent.headers, (b"host", b"page.test")],
        "client": ("127.0.0.1", 1),
    }
    began, used = time.perf_counter(), time.process_time()
    async with asyncio.timeout(HANGS_AFTER):
        await app(scope, receive, send)
    answered.set()
    [status] = statuses
    return Outcome(status, bytes(chunks), time.perf_counter() - began, time.process_time() - used)


def objections(outcome: Outcome) -> list[str]:
    """What is wrong with an answer, whatever was asked."""
    found = [f"it holds {leak!r}" for leak in LEAKS if leak in outcome.body]
    if outcome.status >= 500:
        found.append(f"status {outcome.status}: {outcome.body[:300]!r}")
    if outcome.cpu > LONGEST:
        found.append(f"it took {outcome.cpu:.1f} s of CPU")
    return found
