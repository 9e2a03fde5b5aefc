"""`POST /graphql` as a server calls it: bugs and clients that leave are no crash."""

import json
from collections.abc import Mapping, Sequence
from unittest.mock import ANY

import pytest
from starlette.applications import Starlette
from starlette.types import Message

from bff import create_app, read_settings
from bff.schema import page
from bff.web.answer import MASKED
from bff.web.viewer import Identify
from tests.page_client import LANDING, ByHeader, client_of, landing
from tests.upstreams_in_process import URLS, InProcessUpstreams

pytestmark = pytest.mark.virtual_time

BODY = json.dumps({"query": LANDING}).encode()
GONE: Message = {"type": "http.disconnect"}


class Broken:
    """An `Identify` with a bug."""

    async def __call__(self, headers: Mapping[str, str], /) -> str:
        raise RuntimeError("password=hush")


def app(upstreams: InProcessUpstreams, identify: Identify) -> Starlette:
    return create_app(page, read_settings(page, URLS), transport=upstreams, identify=identify, watch_loop=False)


async def statuses(app: Starlette, messages: Sequence[Message]) -> list[int]:
    """What a client that sends these, and leaves, would have been answered. Raises what a server would log."""
    sent: list[Message] = []
    coming = list(messages)

    async def receive() -> Message:
        return coming.pop(0) if coming else GONE

    async def send(message: Message) -> None:
        sent.append(message)

    headers = [(b"content-type", b"application/json")]
    scope = {"type": "http", "method": "POST", "path": "/graphql", "query_string": b"", "headers": headers}
    async with app.router.lifespan_context(app):
        await app(scope, receive, send)
    return [message["status"] for message in sent if message["type"] == "http.response.start"]


async def test_a_client_that_leaves_in_mid_body_is_no_error() -> None:
    upstreams = InProcessUpstreams()
    part: Message = {"type": "http.request", "body": BODY[:10], "more_body": True}
    assert await statuses(app(upstreams, ByHeader()), [part]) == [499]
    assert not upstreams.requests


async def test_a_client_that_leaves_while_its_page_is_made_is_no_error() -> None:
    upstreams = InProcessUpstreams(delays={"messages": 0.5})
    whole: Message = {"type": "http.request", "body": BODY, "more_body": False}
    assert await statuses(app(upstreams, ByHeader()), [whole]) == [499]


async def test_a_bug_outside_of_the_page_is_masked_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    async with client_of(app(InProcessUpstreams(), Broken())) as client:
        answer = await client.ask(headers={"x-request-id": "request-7"})
    assert (answer.status, answer.headers["x-request-id"]) == (500, "request-7")
    assert answer.body == {
        "errors": [{"message": MASKED, "extensions": {"code": "INTERNAL", "requestId": "request-7", "traceId": ANY}}]
    }
    assert "request-7" in caplog.text
    assert "password=hush" in caplog.text


@pytest.mark.parametrize(
    ("content", "headers", "status"),
    [
        (b"[" * 90_000, {}, 400),
        (b"x" * 200_000, {}, 413),
        (BODY, {"content-type": "text/plain"}, 415),
        (BODY, {"accept": "text/html"}, 406),
    ],
)
async def test_e1_a_hostile_request_is_a_coded_refusal(content: bytes, headers: dict[str, str], status: int) -> None:
    async with landing(InProcessUpstreams()) as client:
        given = {"content-type": "application/json", **headers}
        answer = await client.http.post("/graphql", content=content, headers=given)
    [error] = answer.json()["errors"]
    assert (answer.status_code, error["extensions"]["code"]) == (status, "BAD_USER_INPUT")
    assert "x-request-id" in answer.headers


@pytest.mark.parametrize(("path", "word"), [("/health/live", "live"), ("/health/ready", "ready")])
async def test_health_is_one_word(path: str, word: str) -> None:
    async with landing(InProcessUpstreams()) as client:
        answer = await client.http.get(path)
    assert (answer.status_code, answer.text) == (200, word)
