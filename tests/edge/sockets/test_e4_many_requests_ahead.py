"""E4: requests that are sent ahead of their answers are bounded, and those few are answered in order."""

import asyncio
import gc
import tracemalloc

from bff.web.serving.page_protocol import MOST_AHEAD
from tests.edge.sockets.edge_server import client, edge, get, patient, post, until


async def test_e4_some_requests_sent_ahead_are_answered_in_their_order() -> None:
    async with edge() as server, client(server.port) as ahead:
        ahead.send(b"".join(post("/echo", b"x" * length) for length in range(MOST_AHEAD)))
        lengths = [(await ahead.answer()).split(b"\r\n\r\n")[1].split()[0] for _ in range(MOST_AHEAD)]
    assert lengths == [str(length).encode() for length in range(MOST_AHEAD)]


async def test_e4_a_body_that_comes_in_pieces_behind_another_request_is_whole() -> None:
    async with edge() as server, client(server.port) as ahead:
        request = post("/echo", b"x" * 90_000)
        ahead.send(post("/graphql?wait") + request[:60_000])
        await until(lambda: server.in_flight.pages == 1)
        ahead.send(request[60_000:])
        server.release.set()
        assert (await ahead.answer()).endswith(b"page")
        assert (await ahead.answer()).split(b"\r\n\r\n")[1].startswith(b"90000 ")


async def test_e4_too_many_requests_ahead_are_not_read_and_the_connection_ends_after_those_that_were() -> None:
    async with edge() as server, client(server.port) as ahead:
        ahead.send(post("/graphql") * 1_000)
        said = await ahead.rest()
        assert len(server.seen) == MOST_AHEAD + 1
    assert said.count(b"HTTP/1.1 200 OK") == MOST_AHEAD + 1
    assert said.count(b"connection: close") == 1


async def test_e4_unread_pipelined_responses_grow_memory_by_less_than_20_megabytes() -> None:
    async with edge(patient(unread=1.0)) as server:
        await flood(server.port, connections=2, seconds=0.2)
        gc.collect()
        tracemalloc.start()
        await flood(server.port, connections=20, seconds=1.5)
        grown = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        async with client(server.port) as other:
            other.send(post("/graphql"))
            assert (await other.answer()).endswith(b"page")
    assert grown < 20_000_000, f"{grown / 1e6:.1f} MB"


async def flood(port: int, connections: int, seconds: float) -> None:
    """Requests as fast as they are taken; answers are not read."""

    async def one() -> None:
        until_then = asyncio.get_running_loop().time() + seconds
        while asyncio.get_running_loop().time() < until_then:
            async with client(port, receives=2_048) as deaf:
                deaf.writer.transport.set_write_buffer_limits(high=0)
                deaf.stop_reading()
                requests = get("/echo", "x-long: " + "x" * 200) * 200
                try:
                    async with asyncio.timeout(seconds / 3):
                        while True:
                            deaf.send(requests)
                            await deaf.writer.drain()
                except (TimeoutError, ConnectionError):
                    pass

    await asyncio.gather(*(one() for _ in range(connections)))
