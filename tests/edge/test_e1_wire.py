"""E1: what is no HTTP, no method and no path of ours, to a real server."""

import asyncio
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from tests.http_audits.audited_process import audited

BODY = b'{"query": "{ landingPage { id } }"}'
HEAD = b"POST /graphql HTTP/1.1\r\nhost: bff.test\r\ncontent-type: application/json\r\n"


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with audited() as server:
        yield urlsplit(server.url).port or 0


async def exchange(port: int, sent: bytes) -> bytes:
    """All that is answered until the server closes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(sent)
        async with asyncio.timeout(5):
            return await reader.read()
    finally:
        writer.close()


NO_HTTP: dict[str, bytes] = {
    "nothing sensible": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 200,
    "another protocol": b"SSH-2.0-OpenSSH_9.9\r\n\r\n",
    "HTTP/2 by prior knowledge": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "a header without a colon": b"GET / HTTP/1.1\r\nhost: x\r\nno colon\r\n\r\n",
    "a length that is no number": HEAD + b"content-length: many\r\n\r\n" + BODY,
    "a negative length": HEAD + b"content-length: -1\r\n\r\n" + BODY,
    "two lengths": HEAD + b"content-length: 35\r\ncontent-length: 36\r\n\r\n" + BODY,
    "a length and chunks": HEAD + b"content-length: 35\r\ntransfer-encoding: chunked\r\n\r\n" + BODY,
    "a chunk of no size": HEAD + b"transfer-encoding: chunked\r\n\r\nzz\r\n" + BODY,
    "a null in a header": b"GET / HTTP/1.1\r\nhost: x\r\nx-a: a\0b\r\n\r\n",
    "a request line of 200,000 characters": b"GET /" + b"x" * 200_000 + b" HTTP/1.1\r\nhost: x\r\n\r\n",
}


@pytest.mark.parametrize("sent", NO_HTTP.values(), ids=NO_HTTP)
async def test_e1_what_is_no_http_is_a_4xx_or_the_end(port: int, sent: bytes) -> None:
    try:
        answer = await exchange(port, sent)
    except ConnectionError:
        return  # closed on us while we were still sending
    assert not answer or answer.startswith(b"HTTP/1.1 4")
    assert b"Traceback" not in answer
    assert b"\r\nserver:" not in answer.lower()


@pytest.mark.parametrize("method", [b"PUT", b"PATCH", b"DELETE", b"OPTIONS", b"TRACE", b"BREW"])
async def test_e1_another_method_is_a_405_that_says_which(port: int, method: bytes) -> None:
    answer = await exchange(port, method + b" /graphql HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
    assert answer.startswith((b"HTTP/1.1 405", b"HTTP/1.1 400"))  # the parser knows no BREW
    if b" 405 " in answer:
        [allow] = [line for line in answer.split(b"\r\n") if line.lower().startswith(b"allow:")]
        assert {b"GET", b"POST"} <= set(allow.partition(b":")[2].replace(b" ", b"").split(b","))


async def test_e1_a_body_that_comes_in_chunks_is_a_body(port: int) -> None:
    chunks = b"".join(b"1\r\n" + BODY[place : place + 1] + b"\r\n" for place in range(len(BODY))) + b"0\r\n\r\n"
    answer = await exchange(port, HEAD + b"transfer-encoding: chunked\r\nconnection: close\r\n\r\n" + chunks)
    assert answer.startswith(b"HTTP/1.1 200")


async def test_e1_a_body_longer_than_it_said_is_not_read_on(port: int) -> None:
    head = HEAD + b"connection: close\r\ncontent-length: %d\r\n\r\n" % len(BODY)
    answer = await exchange(port, head + BODY + b" " * 100)
    assert answer.startswith(b"HTTP/1.1 200")


async def test_e1_a_large_body_is_refused_before_it_is_sent(port: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(HEAD + b"content-length: 10000000\r\nexpect: 100-continue\r\n\r\n")
    async with asyncio.timeout(5):
        assert b" 413 " in await reader.readline()
    writer.close()
