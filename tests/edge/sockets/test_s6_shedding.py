"""S6: what one process cannot bear is refused at once, and told when to come again; the rest goes on."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import orjson
import pytest

from bff.resilience.mode import Mode
from bff.settings.edge import Overload
from bff.web.line import IN_A_BURST
from tests.edge.sockets.edge_server import Client, Edge, client, edge, get, post, until

both = pytest.mark.parametrize("by_middleware", [False, True], ids=["by our server", "by any other"])


@asynccontextmanager
async def crowd(server: Edge, count: int) -> AsyncIterator[list[Client]]:
    """So many ask for a page that is made when it is released; they have come in, or wait."""
    async with AsyncExitStack() as stack:
        clients = [await stack.enter_async_context(client(server.port)) for _ in range(count)]
        for one in clients:
            one.send(post("/graphql?wait"))
        await until(lambda: server.in_flight.pages + server.gate.waiting == count)
        yield clients


FULL = IN_A_BURST
"""Where one page is made at once."""


@both
async def test_s6_one_too_many_is_a_503_that_says_what_it_is_and_when_to_come_again(by_middleware: bool) -> None:
    async with edge(overload=Overload(1), by_middleware=by_middleware) as server:
        async with crowd(server, FULL) as crowded, client(server.port) as one_too_many:
            one_too_many.send(post("/graphql", b"{}", "x-request-id: my-request"))
            head, _, body = (await one_too_many.answer()).partition(b"\r\n\r\n")
            assert len(server.seen) == 1, "nothing was begun for it"
            server.release.set()
            for served in crowded:
                assert (await served.answer()).endswith(b"page")
        await until(lambda: server.in_flight.pages == 0)
        [seconds] = server.shed
        assert seconds < 0.01
    assert head.startswith(b"HTTP/1.1 503 Service Unavailable\r\n")
    assert re.search(rb"\r\nretry-after: [123]\r\n", head)
    assert b"\r\nx-request-id: my-request" in head
    assert b"\r\ncache-control: no-store" in head
    assert b"\r\ncontent-type: application/json; charset=utf-8" in head
    assert [error["extensions"]["code"] for error in orjson.loads(body)["errors"]] == ["OVERLOADED"]


@both
async def test_s6_refusals_suit_who_asks(by_middleware: bool) -> None:
    busy = edge(overload=Overload(1), by_middleware=by_middleware)
    async with busy as server, crowd(server, FULL), client(server.port) as asking:
        accept, ours = "accept: application/graphql-response+json", "origin: https://shop.test"
        asking.send(post("/graphql", b"{}", accept, ours))
        typed = await asking.answer()
        asking.send(post("/graphql", b"{}", "origin: https://evil.test", "x-request-id: <script>"))
        foreign = await asking.answer()
    assert b"content-type: application/graphql-response+json" in typed
    assert b"access-control-allow-origin: https://shop.test" in typed
    assert b"access-control-allow-origin" not in foreign
    assert b"script" not in foreign
    assert b"x-request-id: " in foreign


async def test_s6_health_and_other_paths_are_answered_meanwhile() -> None:
    async with edge(overload=Overload(1)) as server, crowd(server, FULL), client(server.port) as other:
        for path in ("/health/live", "/echo"):
            other.send(get(path))
            assert (await other.answer()).startswith(b"HTTP/1.1 200 OK")


async def test_s6_a_burst_on_an_idle_process_is_served_whole() -> None:
    async with edge(overload=Overload(4)) as server, crowd(server, 4 * FULL) as burst:
        server.release.set()
        assert all([(await each.answer()).endswith(b"page") for each in burst])
        assert server.shed == []


async def test_s6_report_only_lets_all_in_and_tells() -> None:
    overload = Overload(1, mode=Mode.REPORT_ONLY)
    async with edge(overload=overload) as server, crowd(server, 3) as crowded:
        assert (server.in_flight.pages, server.gate.waiting) == (3, 0)
        assert (server.shed, [event.enforced for event in server.over_a_limit]) == ([], [False, False])
        server.release.set()
        assert all([(await each.answer()).endswith(b"page") for each in crowded])


@both
async def test_s6_pages_in_flight_are_counted_exactly_however_they_end(by_middleware: bool) -> None:
    async with edge(overload=Overload(10), by_middleware=by_middleware) as server:
        async with client(server.port) as crashing:
            crashing.send(post("/graphql?crash"))
            await crashing.answer()
        async with client(server.port) as leaving:
            leaving.send(post("/graphql?wait"))
            await until(lambda: server.in_flight.pages == 1)
        await until(lambda: server.in_flight.pages == 0)
        assert server.gone == 1
        async with client(server.port) as ahead:
            ahead.send(post("/graphql") * 3)
            for _ in range(3):
                await ahead.answer()
        await until(lambda: server.in_flight.pages == 0)


async def test_s6_a_streamed_answer_counts_until_its_last_frame() -> None:
    async with edge(overload=Overload(10), frames="/graphql") as server, client(server.port) as one:
        one.send(post("/graphql"))
        assert b"first" in await one.reader.readuntil(b"first ")
        await asyncio.sleep(0.05)
        assert server.in_flight.pages == 1
        server.release.set()
        await one.reader.readuntil(b"last")
        await until(lambda: server.in_flight.pages == 0)


async def test_s6_refused_requests_that_came_ahead_of_their_answers_are_answered_in_order() -> None:
    async with edge(overload=Overload(1)) as server, crowd(server, FULL), client(server.port) as ahead:
        refused = [post("/graphql", b"{}", f"x-request-id: {name}") for name in ("a", "c")]
        ahead.send(refused[0] + get("/echo") + refused[1])
        answers = [await ahead.answer() for _ in range(3)]
    assert [answer[9:12] for answer in answers] == [b"503", b"200", b"503"]
    assert b"x-request-id: a" in answers[0]
    assert b"x-request-id: c" in answers[2]


async def test_s6_readiness_hears_of_it() -> None:
    busy = edge(overload=Overload(1, unready_at=0.5))
    async with busy as server, crowd(server, FULL), client(server.port) as asking:
        for _ in range(30):
            asking.send(post("/graphql"))
            await asking.answer()
        assert not server.readiness.ready
