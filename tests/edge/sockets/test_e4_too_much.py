"""E4: heads, headers and connections are bounded."""

import asyncio

import pytest

from tests.edge.sockets.edge_server import client, edge, get, patient, until


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (get("/echo", *(f"x-{number}: 1" for number in range(100))), b"431"),
        (get("/echo", "x-long: " + "x" * 70_000), b"431"),
        (get("/echo", *(f"x-{number}: " + "x" * 7_000 for number in range(10))), b"431"),
        (get("/" + "x" * 8_001), b"414"),
        (get("/" + "x" * 200_000), b"414"),
    ],
    ids=["101 headers", "a header of 70 kB", "70 kB in all", "an address of 8 kB", "an address of 200 kB"],
)
async def test_e4_too_large_a_head_is_refused(sent: bytes, status: bytes) -> None:
    async with edge() as server, client(server.port) as one:
        one.send(sent)
        assert (await one.rest()).startswith(b"HTTP/1.1 " + status + b" ")
        assert server.seen == []
        assert server.ended == ["headers too large"]


async def test_e4_a_head_just_below_is_served_behind_a_large_body_too() -> None:
    head = get("/echo", *(f"x-{number}: " + "x" * 600 for number in range(99)))
    async with edge() as server, client(server.port) as one:
        body = b"POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 90000\r\n\r\n" + b"x" * 90_000
        one.send(body + head + head)
        for _ in range(3):
            assert (await one.answer()).startswith(b"HTTP/1.1 200 OK")


@pytest.mark.parametrize(
    "tail", [b"x-t: " + b"y" * 10_000_000, b"1;" + b"e" * 10_000_000], ids=["trailer", "extension"]
)
async def test_e4_what_is_no_part_of_a_body_is_bounded_too(tail: bytes) -> None:
    async with edge() as server, client(server.port) as one:
        one.send(b"POST /echo HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n")
        one.send((b"0\r\n" if tail.startswith(b"x") else b"") + tail)
        assert (await one.rest()).startswith(b"HTTP/1.1 400 ") or server.ended == ["malformed"]
        assert server.seen == []
        assert server.ended == ["malformed"]


async def test_e4_one_connection_too_many_is_told_so_and_there_is_room_again_when_another_ends() -> None:
    async with edge(patient(most=2)) as server, client(server.port) as kept:
        async with client(server.port):
            await until(lambda: server.connections.open == 2)
            async with client(server.port) as one_too_many:
                assert (await one_too_many.rest()).startswith(b"HTTP/1.1 503 ")
            assert server.ended == ["too many"]
            kept.send(get("/echo"))
            assert (await kept.answer()).startswith(b"HTTP/1.1 200 OK")
        await until(lambda: server.connections.open == 1)
        async with client(server.port) as another:
            another.send(get("/echo"))
            assert (await another.answer()).startswith(b"HTTP/1.1 200 OK")


async def test_s6_connections_that_come_together_are_taken_within_a_few_turns_of_the_loop() -> None:
    async with edge() as server:
        waiting = [asyncio.ensure_future(client(server.port).__aenter__()) for _ in range(100)]
        clients = await asyncio.gather(*waiting)
        turns = 0
        while server.connections.made < 100:
            await asyncio.sleep(0)
            turns += 1
            assert turns < 60, server.connections.made
        for one in clients:
            one.writer.transport.abort()


async def test_e1_a_body_that_is_announced_too_large_is_begun_before_it_comes_so_that_it_can_be_refused() -> None:
    async with edge(whole=1_000) as server, client(server.port) as one:
        one.send(b"POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-length: 1001\r\nexpect: 100-continue\r\n\r\n")
        assert (await one.reader.readline()).startswith(b"HTTP/1.1 100 Continue")
        await until(lambda: server.seen == ["/graphql"])


async def test_a_client_that_waits_to_be_told_is_told_to_send_its_body() -> None:
    async with edge() as server, client(server.port) as one:
        one.send(b"POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\nexpect: 100-continue\r\n\r\n")
        assert await one.reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
        one.send(b"abc")
        assert (await one.answer()).startswith(b"HTTP/1.1 200 OK")
        assert server.connections.made == 1
