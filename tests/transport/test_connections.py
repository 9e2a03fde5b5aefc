"""Which connections are used again, and that calls which are ended early cost none of the later ones."""

import asyncio

import pytest

from bff.errors import DeadlineExceeded, UpstreamFailed
from bff.transport import Response, Transport
from tests.transport.raw_server import WHOLE, RawServer, answer, hangs_after, raw_server, read_head


@pytest.mark.parametrize("sent", [b"", b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n["], ids=["hang", "hang-body"])
async def test_u3_a_connection_that_hung_is_never_used_again(transport: Transport, sent: bytes) -> None:
    async with raw_server(hangs_after(sent)) as server:
        for _ in range(2):
            with pytest.raises(DeadlineExceeded):
                await transport.send(server.request(timeout=0.1))
        assert server.connections == 2


async def test_u16_an_extra_answer_is_never_given_to_another_request(transport: Transport) -> None:
    async def play(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            head = await read_head(reader)
            mine = b'"first"' if "x-first" in head.lower() else b'"second"'
            writer.write(answer(200, mine) + answer(200, b'"nobody asked"'))

    async with raw_server(play) as server:
        first = await transport.send(server.request(headers={"x-first": "1"}))
        second = await transport.send(server.request())
    assert (first.body, second.body) == (b'"first"', b'"second"')


class Switched:
    """Hangs, until it is healed."""

    def __init__(self) -> None:
        self.healthy = False

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            await read_head(reader)
            if not self.healthy:
                await reader.read()
                return
            writer.write(WHOLE)


async def ended_early(transport: Transport, server: RawServer, calls: int, at_once: int) -> None:
    """Calls that their callers give up."""
    slots = asyncio.Semaphore(at_once)

    async def call() -> None:
        async with slots:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.02):
                    await transport.send(server.request(timeout=30))

    await asyncio.gather(*(call() for _ in range(calls)))


async def ten(transport: Transport, server: RawServer) -> list[Response]:
    return await asyncio.gather(*(transport.send(server.request(timeout=2)) for _ in range(10)))


async def test_after_200_calls_cancelled_from_outside_the_next_ten_succeed(transport: Transport) -> None:
    """Trap 6."""
    upstream = Switched()
    async with raw_server(upstream) as server:
        await ended_early(transport, server, calls=200, at_once=30)
        upstream.healthy = True
        assert [response.status for response in await ten(transport, server)] == [200] * 10


async def test_after_200_calls_that_were_late_the_next_ten_succeed(transport: Transport) -> None:
    upstream = Switched()
    async with raw_server(upstream) as server:
        calls = (transport.send(server.request(timeout=0.05)) for _ in range(200))
        outcomes = await asyncio.gather(*calls, return_exceptions=True)
        assert {type(outcome) for outcome in outcomes} == {DeadlineExceeded}
        upstream.healthy = True
        assert [response.status for response in await ten(transport, server)] == [200] * 10


@pytest.mark.parametrize("sent", [b"", b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n["], ids=["hang", "hang-body"])
async def test_closing_ends_what_is_under_way(transport: Transport, sent: bytes) -> None:
    async with raw_server(hangs_after(sent)) as server:
        call = asyncio.create_task(transport.send(server.request(timeout=30)))
        async with asyncio.timeout(5):
            while not server.connections:  # noqa: ASYNC110 - a counter, not an event
                await asyncio.sleep(0.001)
            await transport.close()
            with pytest.raises(UpstreamFailed):
                await call
