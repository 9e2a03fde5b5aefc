"""Which answers are compressed, and what their headers say then."""

from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.responses import Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bff.web.compressed import LEAST, MOST_AT_ONCE, Compressed
from bff.web.pages import PageFiles
from tests.web.decompression import from_gzip, from_zstd

JSON = "application/json"
BODY = b'{"data": "' + b"x" * LEAST + b'"}'


async def sent(app: ASGIApp, accepted: str = "gzip", *, method: str = "GET") -> list[Message]:
    """What such an answer is sent as, message by message."""
    messages: list[Message] = []

    async def send(message: Message) -> None:
        messages.append(message)

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    scope: Scope = {"type": "http", "method": method, "headers": [(b"accept-encoding", accepted.encode())]}
    await Compressed(app)(scope, receive, send)
    return messages


def headers_of(messages: list[Message]) -> httpx.Headers:
    return httpx.Headers(messages[0]["headers"])


def answer(body: bytes = BODY, status: int = 200, kind: str = JSON, **headers: str) -> Response:
    return Response(body, status, {name.replace("_", "-"): value for name, value in headers.items()}, kind)


async def test_an_answer_is_sent_as_the_client_takes_it() -> None:
    for coding, read in (("gzip", from_gzip), ("zstd", from_zstd)):
        start, body = await sent(answer(), coding)
        headers = headers_of([start])
        assert headers["content-encoding"] == coding
        assert headers["content-length"] == str(len(body["body"]))
        assert read(body["body"]) == BODY


async def test_what_it_already_varies_with_stays() -> None:
    assert headers_of(await sent(answer(vary="accept")))["vary"] == "accept, accept-encoding"


LEFT_ALONE: dict[str, tuple[Any, str]] = {
    "a small one": (answer(b"x" * (LEAST - 1)), "gzip"),
    "one to a client that takes none": (answer(), ""),
    "one to a client that takes others": (answer(), "br"),
    "one that is compressed already": (answer(content_encoding="br"), "gzip"),
    "a picture": (answer(kind="image/png"), "gzip"),
    "one of no kind": (Response(BODY), "gzip"),
    "a part of a file": (answer(status=206), "gzip"),
}


@pytest.mark.parametrize("why", LEFT_ALONE)
async def test_some_are_left_alone(why: str) -> None:
    app, accepted = LEFT_ALONE[why]
    start, body = await sent(app, accepted)
    headers = headers_of([start])
    assert headers.get("content-encoding", "br") == "br"
    assert (body["body"], headers["content-length"]) == (app.body, str(len(app.body)))


@pytest.mark.parametrize("accepted", ["gzip", ""])
@pytest.mark.parametrize("body", [b"{}", BODY])
async def test_what_could_be_compressed_varies_also_where_it_is_not(body: bytes, accepted: str) -> None:
    assert headers_of(await sent(answer(body), accepted))["vary"] == "accept-encoding"


async def test_what_never_is_does_not() -> None:
    assert "vary" not in headers_of(await sent(answer(kind="image/png")))


@pytest.mark.parametrize("kind", ["text/event-stream", "multipart/mixed; boundary=-", JSON])
async def test_each_part_of_a_stream_goes_out_as_soon_as_it_is_there(kind: str) -> None:
    async def app(_: Scope, __: Receive, send: Send) -> None:
        headers = [(b"content-type", kind.encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        for part in parts:
            await send({"type": "http.response.body", "body": part, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    parts = [BODY, b"1", BODY]
    start, *bodies = await sent(app)
    assert [each["body"] for each in bodies] == [*parts, b""]
    assert "content-encoding" not in headers_of([start])


async def test_a_stream_of_starlette_s_is_whole_afterwards() -> None:
    async def parts() -> AsyncIterator[bytes]:
        yield BODY
        yield BODY

    _, *bodies = await sent(StreamingResponse(parts(), media_type=JSON))
    assert b"".join(each["body"] for each in bodies) == BODY * 2


async def test_head_is_left_alone() -> None:
    start, _ = await sent(answer(), method="HEAD")
    assert "content-encoding" not in headers_of([start])


async def test_an_answer_without_a_body_has_none_afterwards() -> None:
    for status in (204, 304):
        start, body = await sent(Response(status_code=status, headers={"etag": '"1"'}))
        assert (body["body"], headers_of([start])["etag"]) == (b"", '"1"')
        assert "content-encoding" not in headers_of([start])


async def test_a_large_answer_is_compressed_by_a_thread() -> None:
    large = b"0123456789" * (MOST_AT_ONCE // 10 + 1)
    _, body = await sent(answer(large))
    assert from_gzip(body["body"]) == large


async def test_an_app_that_fails_before_its_body_has_sent_nothing() -> None:
    async def app(_: Scope, __: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", JSON.encode())]})
        raise RuntimeError("a bug")

    with pytest.raises(RuntimeError, match="a bug"):
        await sent(app)


async def files(folder: Path, headers: Mapping[str, str]) -> httpx.Response:
    if not (folder / "page.js").exists():
        (folder / "page.js").write_bytes(BODY)
    app = Starlette(routes=[Mount("/", PageFiles(folder))])
    app.add_middleware(Compressed)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://bff.test") as http:
        return await http.get("/page.js", headers=headers)


async def test_a_file_that_has_not_changed_is_not_sent_again(tmp_path: Path) -> None:
    first = await files(tmp_path, {"accept-encoding": "gzip"})
    assert (first.headers["content-encoding"], first.content) == ("gzip", BODY)
    assert first.headers["etag"].startswith('W/"')
    again = await files(tmp_path, {"accept-encoding": "gzip", "if-none-match": first.headers["etag"]})
    assert again.status_code == 304
    assert "accept-encoding" in again.headers["vary"]


async def test_a_part_of_a_file_is_a_part_of_the_file_as_it_is(tmp_path: Path) -> None:
    part = await files(tmp_path, {"accept-encoding": "gzip", "range": "bytes=0-9"})
    assert (part.status_code, part.content) == (206, BODY[:10])
    assert "accept-ranges" not in (await files(tmp_path, {"accept-encoding": "gzip"})).headers


async def test_it_stands_before_an_app_with_routes() -> None:
    async def page(_: Any) -> Response:
        return answer()

    app = Starlette(routes=[Route("/", page)])
    app.add_middleware(Compressed)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://bff.test") as http:
        assert (await http.get("/")).content == BODY
