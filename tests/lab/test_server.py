"""The HTTP server under the simulated upstreams: what it takes, what it refuses, what it counts."""

import asyncio
from collections.abc import AsyncIterator
from typing import Never

import httpx
import pytest

from bff.lab.upstreams.door import PortError
from bff.lab.upstreams.server import Upstream, serve
from tests.lab.bare_http import connect, converse, until

TARGET = "/messages?user_id=1&limit=3"
HANGING_REQUEST = f"GET {TARGET} HTTP/1.1\r\nx-dev-break: hang\r\n\r\n".encode()
REQUEST = f"GET {TARGET} HTTP/1.1\r\n\r\n".encode()


@pytest.fixture
async def upstream() -> AsyncIterator[Upstream]:
    async with serve("messages", speed=0) as upstream:
        yield upstream


async def test_a_connection_serves_many_requests(upstream: Upstream) -> None:
    async with httpx.AsyncClient(base_url=upstream.url) as client:
        answers = [(await client.get(TARGET)).json() for _ in range(5)]
    assert [len(answer) for answer in answers] == [3] * 5
    assert (upstream.stats.requests, upstream.stats.connections) == (5, 1)


async def test_hundreds_of_connections_are_served_at_once(upstream: Upstream) -> None:
    await upstream.break_with("slow 500ms")
    requests = [f"GET /messages?user_id={user}&limit=1 HTTP/1.0\r\n\r\n".encode() for user in range(1, 301)]
    answering = asyncio.gather(*(converse(upstream, request) for request in requests))
    await until(lambda: upstream.stats.open == 300)
    assert all(f'"m{user}-60"'.encode() in answer for user, answer in enumerate(await answering, start=1))


async def test_pipelined_requests_are_answered_in_order(upstream: Upstream) -> None:
    first, second = (f"GET /messages?user_id={user}&limit=1 HTTP/1.1\r\n" for user in (1, 2))
    data = f"{first}x-dev-break: slow 20ms\r\n\r\n{second}connection: close\r\n\r\n".encode()
    answer = await converse(upstream, data)
    assert answer.count(b"HTTP/1.1 200 OK") == 2
    assert 0 < answer.index(b"m1-60") < answer.index(b"m2-60")


async def test_a_request_may_come_byte_by_byte(upstream: Upstream) -> None:
    reader, writer = await connect(upstream)
    for place in range(len(REQUEST)):
        writer.write(REQUEST[place : place + 1])
        await asyncio.sleep(0)
    assert await reader.readline() == b"HTTP/1.1 200 OK\r\n"
    writer.close()


@pytest.mark.parametrize(
    "request_bytes",
    [f"GET {TARGET} HTTP/1.1\r\nConnection: Close\r\n\r\n".encode(), f"GET {TARGET} HTTP/1.0\r\n\r\n".encode()],
)
async def test_the_connection_is_closed_for_a_client_that_asks_for_it(request_bytes: bytes, upstream: Upstream) -> None:
    assert (await converse(upstream, request_bytes)).startswith(b"HTTP/1.1 200 OK")


@pytest.mark.parametrize(
    ("request_bytes", "status", "message"),
    [
        (b"POST / HTTP/1.1\r\ncontent-length: 0\r\n\r\n", b"405", b"only answers GET"),
        (b"GET / HTTP/1.1\r\ncontent-length: 3\r\n\r\nabc", b"400", b"A GET with a body is not served"),
        (b"GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", b"400", b"A GET with a body is not served"),
        (b"\x16\x03\x01\r\n\r\n", b"400", b"not the first line of an HTTP/1.1 request"),
        (b"GET / HTTP/2\r\n\r\n", b"400", b"not the first line of an HTTP/1.1 request"),
        (b"GET / HTTP/1.1\r\nx: " + b"x" * 16_384 + b"\r\n\r\n", b"431", b"longer than 16384 bytes"),
        (b"GET / HTTP/1.1\r\nx: " + b"x" * 16_384, b"431", b"longer than 16384 bytes"),
    ],
)
async def test_what_is_no_plain_get_is_refused_and_the_connection_closed(
    request_bytes: bytes, status: bytes, message: bytes, upstream: Upstream
) -> None:
    answer = await converse(upstream, request_bytes)
    assert answer.startswith(b"HTTP/1.1 " + status)
    assert message in answer


async def test_a_flood_of_pipelined_requests_is_cut_off(upstream: Upstream) -> None:
    with pytest.raises(ConnectionResetError):
        await converse(upstream, HANGING_REQUEST + REQUEST * 3_000)


async def test_a_client_that_reads_no_answers_is_cut_off(upstream: Upstream) -> None:
    _, writer = await connect(upstream)
    with pytest.raises(ConnectionError):
        await ask_for_ever(writer)
    assert upstream.stats.requests < 5_000
    writer.close()


async def ask_for_ever(writer: asyncio.StreamWriter) -> Never:
    async with asyncio.timeout(5):
        while True:
            writer.write(b"GET /messages?user_id=1&limit=60 HTTP/1.1\r\n\r\n" * 20)
            await writer.drain()
            await asyncio.sleep(0)


@pytest.mark.parametrize("sent", [b"", b"GET /messages?user_id=1", REQUEST])
async def test_an_idle_connection_is_closed(sent: bytes) -> None:
    async with serve("messages", speed=0, idle=0.05) as upstream:
        answer = await converse(upstream, sent)
        assert (b"200 OK" in answer) == (sent == REQUEST)
        await until(lambda: upstream.stats.open == 0)


async def test_a_connection_that_waits_for_an_answer_is_not_idle() -> None:
    async with serve("messages", idle=0.05) as upstream, httpx.AsyncClient(base_url=upstream.url) as client:
        assert (await client.get(TARGET)).status_code == 200


async def test_what_was_asked_is_counted_by_route(upstream: Upstream) -> None:
    async with httpx.AsyncClient(base_url=upstream.url) as client:
        for query in ("limit=3", "limit=4", "ids=m1-1", "limit=none"):
            await client.get(f"/messages?user_id=1&{query}")
        await client.get("/todos")
        assert upstream.stats.open == 1
    assert upstream.stats.requests == 5
    assert upstream.stats.routes == {
        "messages": 2,
        "messages by ids": 1,
        "bad request": 1,
        "unknown path": 1,
    }


async def test_the_last_requests_are_kept_with_their_headers(upstream: Upstream) -> None:
    async with httpx.AsyncClient(base_url=upstream.url) as client:
        for number in range(105):
            await client.get(TARGET, headers={"X-Request-Id": f"N{number}"})
    assert len(upstream.recent) == 100
    assert upstream.recent[-1].target == TARGET
    assert upstream.recent[-1].headers["x-request-id"] == "N104"


@pytest.mark.parametrize("fault", ["hang", "slow 10s", "drip 1s"])
async def test_a_client_that_leaves_before_the_answer_is_counted(fault: str, upstream: Upstream) -> None:
    await upstream.break_with(fault)
    _, writer = await connect(upstream)
    writer.write(REQUEST)
    await until(lambda: upstream.stats.requests == 1)
    writer.close()
    await until(lambda: upstream.stats.open == 0)
    assert upstream.stats.abandoned == 1


async def test_leaving_the_block_closes_every_connection_and_gives_the_port_back() -> None:
    async with serve("messages", speed=0) as upstream:
        reader, writer = await connect(upstream)
        writer.write(HANGING_REQUEST)
        await until(lambda: upstream.stats.requests == 1)
    assert await reader.read() == b""
    writer.close()
    async with serve("todos", port=httpx.URL(upstream.url).port or 0) as successor:
        assert successor.url == upstream.url


async def test_a_port_in_use_is_said_in_one_sentence(upstream: Upstream) -> None:
    port = httpx.URL(upstream.url).port or 0
    with pytest.raises(PortError, match=rf"Cannot listen on 127\.0\.0\.1:{port} .*: give another port, or 0"):
        async with serve("todos", port=port):
            pass
