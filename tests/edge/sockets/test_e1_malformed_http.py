"""E1: what is not HTTP as it should be is answered 4xx or closed, never taken for two requests, and not logged."""

import asyncio
import logging

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.edge.sockets.edge_server import Edge, client, edge, get, patient, post

HEAD = b"POST /echo HTTP/1.1\r\nhost: x\r\n"
CHUNKED = HEAD + b"transfer-encoding: chunked\r\n\r\n"
SMUGGLED = b"GET /large HTTP/1.1\r\nhost: x\r\n\r\n"

REFUSED: dict[str, bytes] = {
    "length, then chunks": HEAD + b"content-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
    "chunks, then length": HEAD + b"transfer-encoding: chunked\r\ncontent-length: 4\r\n\r\n0\r\n\r\n",
    "two lengths": HEAD + b"content-length: 0\r\ncontent-length: 30\r\n\r\n",
    "the same length twice": HEAD + b"content-length: 0\r\ncontent-length: 0\r\n\r\n",
    "a list of lengths": HEAD + b"content-length: 0, 0\r\n\r\n",
    "a length with a sign": HEAD + b"content-length: +0\r\n\r\n",
    "a negative length": HEAD + b"content-length: -1\r\n\r\n",
    "a length beyond 64 bits": HEAD + b"content-length: 99999999999999999999\r\n\r\n",
    "an encoding that is none": HEAD + b"transfer-encoding: xchunked\r\n\r\n0\r\n\r\n",
    "chunked is not the last": HEAD + b"transfer-encoding: chunked, identity\r\n\r\n0\r\n\r\n",
    "chunked twice": HEAD + b"transfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
    "a tab before chunked": HEAD + b"transfer-encoding:\x0bchunked\r\n\r\n0\r\n\r\n",
    "a space before the colon": HEAD + b"content-length : 0\r\n\r\n",
    "a folded header": HEAD + b"x-a: b\r\n c\r\n\r\n",
    "NUL in a value": HEAD + b"x-a: b\x00c\r\n\r\n",
    "NUL in a name": HEAD + b"x\x00a: b\r\n\r\n",
    "CR alone in a header": HEAD + b"x-a: b\rx-b: c\r\n\r\n",
    "lines that end in LF": b"GET /echo HTTP/1.1\nhost: x\n\n",
    "a negative chunk": CHUNKED + b"-1\r\n\r\n",
    "a chunk's size in C": CHUNKED + b"0x3\r\nabc\r\n0\r\n\r\n",
    "a chunk beyond 64 bits": CHUNKED + b"fffffffffffffffff\r\nabc\r\n0\r\n\r\n",
    "chunks that end in LF": CHUNKED + b"3\nabc\n0\n\n",
    "a chunk that is longer than it says": CHUNKED + b"3\r\nabcdef\r\n0\r\n\r\n",
    "two hosts": b"GET /echo HTTP/1.1\r\nhost: x\r\nhost: y\r\n\r\n",
    "no host": b"GET /echo HTTP/1.1\r\n\r\n",
    "HTTP/0.9": b"GET /echo\r\n\r\n",
    "HTTP/0.9, said": b"GET /echo HTTP/0.9\r\n\r\n",
    "HTTP/3.0": b"GET /echo HTTP/3.0\r\nhost: x\r\n\r\n",
    "HTTP/2 by prior knowledge": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "a TLS hello": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(range(256)),
    "a tunnel": b"CONNECT other.test:443 HTTP/1.1\r\nhost: x\r\n\r\n",
    "a space in the target": b"GET /ec ho HTTP/1.1\r\nhost: x\r\n\r\n",
    "a target that is no text": b"GET /\xff\xfe HTTP/1.1\r\nhost: x\r\n\r\n",
    "no target": b"GET http://x HTTP/1.1\r\nhost: x\r\n\r\n",
    "an offer of another protocol in HTTP/0.9": b"GET /gr:HTTP/1.1\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n",
    "an unknown method": b"BREW /echo HTTP/1.1\r\nhost: x\r\n\r\n",
}


async def said_to(server: Edge, sent: bytes) -> bytes:
    """All that is answered; the client has nothing more to say."""
    async with client(server.port) as one:
        one.send(sent)
        return await one.rest(1.0)


@pytest.mark.parametrize("sent", REFUSED.values(), ids=REFUSED)
async def test_e1_it_is_answered_400_and_closed_and_what_follows_is_not_read(
    sent: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG, "uvicorn"):
        async with edge() as server:
            caplog.clear()
            answer = await said_to(server, sent + SMUGGLED)
            logged = list(caplog.records)
            assert server.seen == []
            assert server.ended == ["malformed"]
    assert answer.startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert answer.count(b"HTTP/1.1") == 1
    assert logged == []


async def test_e1_a_whole_address_is_served_by_its_path() -> None:
    async with edge() as server, client(server.port) as proxy:
        proxy.send(get("http://evil.test/echo"))
        assert (await proxy.answer()).startswith(b"HTTP/1.1 200 OK")
        assert server.seen == ["/echo"]


async def test_e1_an_offer_of_another_protocol_is_passed_over_and_ends_the_connection() -> None:
    async with edge() as server:
        sent = get("/echo", "connection: upgrade, http2-settings", "upgrade: h2c", "http2-settings: AAMAAABk")
        answer = await said_to(server, sent + SMUGGLED)
        assert server.seen == ["/echo"]
    assert answer.startswith(b"HTTP/1.1 200 OK")
    assert b"connection: close" in answer


async def test_e1_trailers_are_no_headers() -> None:
    async with edge() as server, client(server.port) as one:
        one.send(CHUNKED + b"3\r\nabc\r\n0\r\nauthorization: Bearer x\r\nx-forwarded-for: 1.1.1.1\r\n\r\n")
        assert (await one.answer()).endswith(b"3 ['host', 'transfer-encoding']")


async def test_e1_what_came_whole_before_it_is_answered() -> None:
    async with edge() as server:
        said = await said_to(server, post("/echo", b"abc") + b"nonsense\r\n\r\n")
        assert server.seen == ["/echo"]
    assert said.startswith(b"HTTP/1.1 200 OK")
    assert said.endswith(b"3 ['content-length', 'host']")


WHOLE = [
    get("/echo"),
    post("/echo", b'{"query": "{ a }"}', "content-type: application/json"),
    CHUNKED + b"3\r\nabc\r\n2;ext=1\r\nde\r\n0\r\nx-t: y\r\n\r\n",
    get("/graphql", "connection: upgrade", "upgrade: websocket"),
]
PIECES = [
    b"\r\n",
    b"\n",
    b"\r",
    b"\0",
    b" ",
    b":",
    b"0",
    b"-1",
    b"\xff",
    b"chunked",
    b"transfer-encoding: ",
    b"HTTP/",
    b"*",
]
changes = st.lists(
    st.tuples(st.integers(0, 120), st.integers(0, 6), st.sampled_from(PIECES) | st.binary(max_size=4)), max_size=4
)


def changed(sent: bytes, how: list[tuple[int, int, bytes]]) -> bytes:
    """At each place some bytes become others."""
    for place, taken, put in how:
        sent = sent[:place] + put + sent[place + taken :]
    return sent


async def thrown(server: Edge, sent: bytes, pieces: int) -> bytes:
    async with client(server.port) as one:
        size = max(1, len(sent) // pieces)
        for start in range(0, len(sent), size):
            one.send(sent[start : start + size])
            await asyncio.sleep(0)
        return await one.rest(2.0)


@settings(deadline=None, max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    sent=st.lists(st.tuples(st.sampled_from(WHOLE), changes), min_size=1, max_size=3),
    pieces=st.integers(1, 5),
)
async def test_e1_whatever_is_sent_is_answered_below_500_or_closed(
    caplog: pytest.LogCaptureFixture, sent: list[tuple[bytes, list[tuple[int, int, bytes]]]], pieces: int
) -> None:
    caplog.clear()
    async with edge(patient(headers=0.1, body=0.1, idle=0.1)) as server:
        said = await thrown(server, b"".join(changed(*one) for one in sent), pieces)
        async with client(server.port) as other:
            other.send(post("/echo"))
            assert (await other.answer()).startswith(b"HTTP/1.1 200 OK")
    assert b"HTTP/1.1 5" not in said
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]
