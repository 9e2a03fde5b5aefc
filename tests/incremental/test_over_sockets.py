"""By a real server: frames leave when they are there, a drained server finishes them, nobody is run ahead of."""

import asyncio

import httpx
import orjson
import pytest
from starlette.types import Message

from bff.web.incremental.frames import Frames
from tests.clients.served import landing_over_http
from tests.incremental.asking import DEFERRED, EVENTS, MULTIPART
from tests.incremental.serving import served
from tests.upstreams_in_process import InProcessUpstreams

LATE = 0.5
BODY = {"query": DEFERRED}


async def chunks(http: httpx.AsyncClient, url: str, accept: str) -> list[bytes]:
    """As they came."""
    async with http.stream("POST", url, json=BODY, headers={"accept": accept}) as answer:
        return [chunk async for chunk in answer.aiter_raw()]


@pytest.mark.parametrize("accept", [MULTIPART, EVENTS])
async def test_each_frame_is_whole_when_it_comes_also_where_the_client_takes_compressed_answers(accept: str) -> None:
    """httpx asks for gzip."""
    async with (
        landing_over_http(InProcessUpstreams(delays={"recommendations": LATE})) as url,
        httpx.AsyncClient() as http,
    ):
        first, last = await chunks(http, url, accept)
    assert first.endswith(b"\r\n---" if accept == MULTIPART else b"\n\n")
    assert b'"hasNext":true' in first
    assert b'"hasNext":false' in last


async def test_s1_a_server_that_drains_finishes_what_is_under_way() -> None:
    async with httpx.AsyncClient() as http:
        async with landing_over_http(InProcessUpstreams(delays={"recommendations": LATE})) as url:
            reading = asyncio.create_task(chunks(http, url, EVENTS))
            await asyncio.sleep(LATE / 2)
            assert not reading.done()
        assert (await reading)[-1].endswith(b"event: complete\ndata:\n\n")


async def test_e4_a_reader_that_does_not_read_is_not_run_ahead_of(monkeypatch: pytest.MonkeyPatch) -> None:
    """What it has not taken waits as data, no more of it than its query asks for, and none of it as bytes."""
    query = "{ landingPage { messages(first: 20) { id ... @defer { sender { name } } } } }"
    made, later = list[object](), Frames.later
    taken, over = asyncio.Event(), asyncio.Event()

    def counted(*arguments: object) -> object:
        made.append(arguments)
        return later(*arguments)  # type: ignore[arg-type]  # they are its own

    monkeypatch.setattr(Frames, "later", counted)
    coming: list[Message] = [{"type": "http.request", "body": orjson.dumps({"query": query}), "more_body": False}]

    async def receive() -> Message:
        if coming:
            return coming.pop()
        await over.wait()
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.body":
            await taken.wait()

    headers = [(b"content-type", b"application/json"), (b"accept", MULTIPART.encode())]
    scope = {"type": "http", "method": "POST", "path": "/graphql", "query_string": b"", "headers": headers}
    async with served(InProcessUpstreams()) as app:
        answering = asyncio.create_task(app(scope, receive, send))
        await asyncio.sleep(0.2)
        before = len(made)
        taken.set()
        await answering
    assert before == 0
    assert made
