"""U10 and U11: an upstream cannot make us hold more than the cap."""

import sys
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bff.errors import DeadlineExceeded, UpstreamInvalid
from bff.transport import Transport
from tests.transport.raw_server import WHOLE, always, answer, once, raw_server, streams

MEGABYTE = 1_000_000
UNCOMPRESSED = b"HTTP/1.1 200 OK\r\ncontent-length: 50000000\r\n\r\n"
COMPRESSED = b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\nconnection: close\r\n\r\n"


@contextmanager
def memory_within(limit: int) -> Iterator[None]:
    """Fails when this process grows by more than `limit` bytes, if only for a moment; where that can be measured."""
    if sys.platform != "linux":
        yield
        return
    Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
    before = _peak()
    yield
    assert _peak() - before < limit


def _peak() -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM"))


def plain() -> Iterator[bytes]:
    for _ in range(1000):
        yield b"x" * 50_000


def bomb() -> Iterator[bytes]:
    """50 MB in 50 kB."""
    packing = zlib.compressobj(9, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    for part in plain():
        yield packing.compress(part)
    yield packing.flush()


@pytest.mark.parametrize(("head", "body"), [(UNCOMPRESSED, plain), (COMPRESSED, bomb)], ids=["50 MB", "gzip bomb"])
async def test_u10_a_body_is_cut_off_at_the_cap(
    transport: Transport, head: bytes, body: Callable[[], Iterator[bytes]]
) -> None:
    allowed = answer(200, b"x" * MEGABYTE)
    async with raw_server(streams(head, list(body()))) as server, raw_server(always(allowed)) as healthy:
        for _ in range(3):  # what a client allocates once, for any body of the size that is allowed
            await transport.send(healthy.request())
        with memory_within(10 * MEGABYTE), pytest.raises(UpstreamInvalid, match="larger than 1000000 bytes"):
            await transport.send(server.request(max_body=MEGABYTE))


HEADS = {
    "1 MB in one header": b"HTTP/1.1 200 OK\r\nx-a: " + b"x" * MEGABYTE + b"\r\ncontent-length: 2\r\n\r\n[]",
    "20,000 headers": b"HTTP/1.1 200 OK\r\n" + b"x-a: y\r\n" * 20_000 + b"content-length: 2\r\n\r\n[]",
}


@pytest.mark.parametrize("data", HEADS.values(), ids=HEADS)
async def test_u11_headers_beyond_reason_are_invalid(transport: Transport, data: bytes) -> None:
    async with raw_server(once(data)) as server:
        with pytest.raises(UpstreamInvalid):
            await transport.send(server.request())


async def test_u11_a_flood_of_informational_answers_ends_by_the_timeout_at_the_latest(transport: Transport) -> None:
    async with raw_server(once(b"HTTP/1.1 100 Continue\r\n\r\n" * 20_000 + WHOLE)) as server:
        try:
            response = await transport.send(server.request(timeout=0.5))
        except DeadlineExceeded:
            return
    assert response.body == b"[]"
