"""E4: who is slow with what it owes is closed in time, and others are served meanwhile."""

import asyncio

import pytest

from tests.edge.sockets.edge_server import SHORT, client, edge, get, patient, post, until


async def drip(send: bytes, port: int, every: float = 0.05) -> bytes:
    """What the server says to a client that sends a byte now and then."""
    async with client(port) as slow:

        async def dripping() -> None:
            for byte in send:
                slow.send(bytes([byte]))
                await asyncio.sleep(every)

        task = asyncio.create_task(dripping())
        try:
            return await slow.rest()
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


async def test_e4_headers_that_drip_are_answered_408_and_closed_however_often_a_byte_comes() -> None:
    async with edge(patient(headers=SHORT)) as server:
        said = await drip(get("/graphql", "x-long: " + "x" * 500), server.port)
        assert server.ended == ["slow headers"]
    assert said.startswith(b"HTTP/1.1 408 ")
    assert server.seen == []


async def test_e4_a_body_that_drips_is_answered_408_closed_and_never_begun() -> None:
    async with edge(patient(body=SHORT)) as server, client(server.port) as slow:
        slow.send(b"POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{")
        said = await slow.rest()
        assert server.ended == ["slow body"]
    assert said.startswith(b"HTTP/1.1 408 ")
    assert server.seen == []


async def test_e4_bodies_on_their_way_take_no_page_s_place() -> None:
    async with edge(patient()) as server, client(server.port) as slow:
        slow.send(b"POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-length: 4\r\n\r\n{")
        await until(lambda: server.connections.open == 1)
        await asyncio.sleep(0.05)
        assert server.in_flight.pages == 0
        slow.send(b"   ")
        assert (await slow.answer()).endswith(b"page")


async def test_e4_a_body_too_large_to_be_kept_that_drips_is_closed_and_the_app_is_told() -> None:
    async with edge(patient(body=SHORT), whole=1_000) as server, client(server.port) as slow:
        slow.send(b"POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-length: 9000\r\n\r\n" + b"x" * 1_500)
        await slow.rest()
        assert server.seen == ["/graphql"]
        assert server.ended == ["slow body"]
        await until(lambda: server.in_flight.pages == 0)


async def test_e4_a_connection_that_says_nothing_is_closed_without_a_word() -> None:
    async with edge(patient(idle=SHORT)) as server, client(server.port) as silent:
        assert await silent.rest() == b""
        assert server.ended == ["idle"]


async def test_e4_line_breaks_before_a_request_do_not_keep_a_connection() -> None:
    async with edge(patient(idle=SHORT)) as server:
        await drip(b"\r\n" * 50, server.port)
        assert server.ended == ["idle"]


async def test_e4_a_connection_that_is_not_used_again_is_closed() -> None:
    async with edge(patient(idle=SHORT)) as server, client(server.port) as kept:
        for _ in range(3):
            kept.send(post("/graphql"))
            assert (await kept.answer()).endswith(b"page")
        assert await kept.rest() == b""
        assert server.ended == ["idle"]


async def test_e4_a_trusted_proxy_s_connection_is_kept_for_longer() -> None:
    options = patient(idle=0.05, idle_of_proxies=0.8, headers=SHORT)
    async with edge(options, trusts=lambda peer: peer == "127.0.0.1") as server, client(server.port) as proxy:
        await asyncio.sleep(0.6)
        proxy.send(get("/graphql"))
        await proxy.answer()
        assert await proxy.rest() == b""
        assert server.ended == ["idle"]


@pytest.mark.parametrize("path", ["/large", "/middling"])
async def test_e4_who_does_not_read_its_answers_is_cut_off(path: str) -> None:
    async with edge(patient(unread=SHORT)) as server, client(server.port, receives=2_048) as deaf:
        deaf.stop_reading()
        asked = 0
        while not server.ended:
            deaf.send(get(path))
            asked += 1
            await until(lambda: len(server.seen) >= asked or bool(server.ended))  # noqa: B023 - awaited at once
        await until(lambda: server.connections.open == 0)
        assert server.ended == ["not reading"]


async def test_e4_who_reads_slowly_but_reads_gets_all_of_it() -> None:
    async with edge(patient(unread=SHORT, idle=SHORT)) as server, client(server.port, receives=65_536) as slow:
        slow.send(get("/large", "connection: close"))
        got = 0
        while piece := await slow.reader.read(400_000):
            got += len(piece)
            await asyncio.sleep(0.002)
    assert got > 160 * 65_536
    assert server.ended == []


async def test_e4_others_are_served_meanwhile_and_a_page_under_way_is_left_alone() -> None:
    options = patient(headers=SHORT, body=SHORT, idle=SHORT, unread=SHORT)
    async with edge(options) as server, client(server.port) as slow, client(server.port) as page:
        page.send(post("/graphql?wait"))
        await until(lambda: server.in_flight.pages == 1)
        slow.send(b"GET ")
        for _ in range(10):
            async with client(server.port) as other:
                other.send(post("/graphql"))
                assert (await other.answer()).endswith(b"page")
            await asyncio.sleep(0.1)
        assert server.ended == ["slow headers"]
        server.release.set()
        assert (await page.answer()).endswith(b"page")
