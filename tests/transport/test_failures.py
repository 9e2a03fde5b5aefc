"""Each way in which a call can fail, told by every transport as the same error."""

import asyncio
import socket
import sys
import time
import traceback
from collections.abc import Iterator

import pytest

from bff.errors import DeadlineExceeded, SourceError, UpstreamFailed, UpstreamInvalid, UpstreamUnreachable
from bff.lab.upstreams.server import Upstream, serve
from bff.transport import Request, Transport
from tests.transport.certificate import self_signed
from tests.transport.raw_server import WHOLE, Play, always, answer, hangs_after, once, raw_server, resets_after

HEAD = b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n"


def messages(upstream: Upstream, timeout: float = 5) -> Request:
    return Request(f"{upstream.url}/messages?user_id=1&limit=10", {}, timeout, 1_000_000)


async def test_u12_a_refused_connection_is_unreachable(transport: Transport) -> None:
    async with serve("messages", speed=0) as upstream:
        await upstream.break_with("refuse")
        with pytest.raises(UpstreamUnreachable):
            await transport.send(messages(upstream))


@pytest.mark.serial
async def test_u12_a_refused_connection_costs_less_than_50_ms(transport: Transport) -> None:
    async with serve("messages", speed=0) as upstream:
        await upstream.break_with("refuse")
        started = time.monotonic()
        with pytest.raises(UpstreamUnreachable):
            await transport.send(messages(upstream))
        assert time.monotonic() - started < 0.05


async def test_u13_a_name_that_does_not_resolve_is_unreachable(transport: Transport) -> None:
    with pytest.raises(UpstreamUnreachable):
        await transport.send(Request("http://no-such-host.invalid/", {}, 5, 1000))


async def test_u12_a_certificate_that_nobody_vouches_for_is_unreachable(transport: Transport) -> None:
    async with raw_server(always(WHOLE), tls=self_signed()) as server:
        with pytest.raises(UpstreamUnreachable):
            await transport.send(server.request())


async def test_u12_a_server_that_speaks_no_tls_is_unreachable(transport: Transport) -> None:
    async with raw_server(greets) as server:
        with pytest.raises(UpstreamUnreachable):
            await transport.send(Request(server.url.replace("http:", "https:"), {}, 5, 1000))


async def greets(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"220 mail.example.com\r\n")


@pytest.fixture
def black_hole() -> Iterator[str]:
    """The URL of a port whose queue of connections is full: the system answers no further attempt."""
    if sys.platform != "linux":
        pytest.skip("only Linux leaves attempts to a full queue without an answer")
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener:
        waiting = [socket.socket() for _ in range(4)]
        for each in waiting:
            each.setblocking(False)
            each.connect_ex(listener.getsockname())
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        for each in waiting:
            each.close()


async def test_u12_a_connection_that_is_not_taken_is_unreachable_long_before_the_timeout(
    transport: Transport, black_hole: str
) -> None:
    async with asyncio.timeout(10):
        with pytest.raises(UpstreamUnreachable):
            await transport.send(Request(black_hole, {}, 60, 1000))


async def test_a_connection_that_is_not_taken_within_the_timeout_is_late(transport: Transport, black_hole: str) -> None:
    with pytest.raises(DeadlineExceeded):
        await transport.send(Request(black_hole, {}, 0.1, 1000))


@pytest.mark.parametrize("fault", ["hang", "hang-body", "drip 20ms", "slow 30s"])
async def test_u1_u2_u3_an_answer_that_is_not_whole_in_time_is_late(transport: Transport, fault: str) -> None:
    """The timeout is total: a body that drips passes every timeout of a single read."""
    async with serve("messages", speed=0) as upstream:
        await upstream.break_with(fault)
        async with asyncio.timeout(10):
            with pytest.raises(DeadlineExceeded):
                await transport.send(messages(upstream, timeout=0.2))


async def test_u3_headers_that_never_end_are_late(transport: Transport) -> None:
    async with raw_server(hangs_after(b"HTTP/1.1 200 OK\r\nx-a: ")) as server:
        with pytest.raises(DeadlineExceeded):
            await transport.send(server.request(timeout=0.1))


BROKEN: dict[str, Play] = {
    "closed before an answer": once(b""),
    "reset before an answer": resets_after(b""),
    "reset in the headers": resets_after(b"HTTP/1.1 200 OK\r\nx-a: "),
    "closed in mid-body": once(HEAD + b"[1,"),
    "reset in mid-body": resets_after(HEAD + b"[1,"),
    "closed in mid-chunk": once(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n[1"),
    "no last chunk": once(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\n[]\r\n"),
}


@pytest.mark.parametrize("play", BROKEN.values(), ids=BROKEN)
async def test_u14_a_connection_that_breaks_is_a_failure_of_the_upstream(transport: Transport, play: Play) -> None:
    async with raw_server(play) as server:
        with pytest.raises(UpstreamFailed):
            await transport.send(server.request())


@pytest.mark.parametrize("fault", ["reset", "truncate"])
async def test_u14_the_simulated_upstream_that_breaks_off_is_a_failure(transport: Transport, fault: str) -> None:
    async with serve("messages", speed=0) as upstream:
        await upstream.break_with(fault)
        with pytest.raises(UpstreamFailed):
            await transport.send(messages(upstream))


INVALID = {
    "another protocol": b"SSH-2.0-OpenSSH_9.9\r\n\r\n",
    "no status": b"HTTP/1.1 what\r\n\r\n",
    "a header without a colon": b"HTTP/1.1 200 OK\r\nnot a header\r\n\r\n",
    "two lengths": b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n[]",
    "a length that is no number": b"HTTP/1.1 200 OK\r\ncontent-length: x\r\n\r\n[]",
    "a chunk without a size": b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n[]\r\n0\r\n\r\n",
    "gzip that is none": answer(200, b"this is no gzip", content_encoding="gzip"),
}


@pytest.mark.parametrize("data", INVALID.values(), ids=INVALID)
async def test_u7_u14_what_is_not_http_is_invalid(transport: Transport, data: bytes) -> None:
    async with raw_server(once(data)) as server:
        with pytest.raises(UpstreamInvalid):
            await transport.send(server.request())


async def test_u14_a_gzip_body_that_is_cut_is_not_taken_for_whole(transport: Transport) -> None:
    cut = bytes.fromhex("1f8b0800000000000203")  # a header, and nothing after it
    async with raw_server(once(answer(200, cut, content_encoding="gzip"))) as server:
        with pytest.raises(UpstreamFailed):
            await transport.send(server.request())


@pytest.mark.parametrize("url", ["nonsense", "ftp://127.0.0.1/", "http://[::1"])
async def test_a_url_that_cannot_be_asked_says_that_the_base_url_may_be_wrong(transport: Transport, url: str) -> None:
    with pytest.raises(UpstreamInvalid, match="is the base URL right"):
        await transport.send(Request(url, {}, 5, 1000))


FAULTS = ["refuse", "hang", "hang-body", "reset", "truncate"]


@pytest.mark.parametrize("fault", FAULTS)
async def test_no_error_shows_whom_the_call_was_for(transport: Transport, fault: str) -> None:
    async with serve("messages", speed=0) as upstream:
        await upstream.break_with(fault)
        request = Request(f"{upstream.url}/messages?user_id=u-4711", {"x-secret": "hush-hush"}, 0.2, 1000)
        with pytest.raises(SourceError) as caught:
            await transport.send(request)
    shown = "".join(traceback.format_exception(caught.value))
    assert "u-4711" not in shown
    assert "hush-hush" not in shown
