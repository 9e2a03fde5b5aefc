"""U16 over sockets: an upstream that sends an answer nobody asked for. It is never given to another request."""

import asyncio

import pytest

from tests.faults.landing_over_sockets import for_source, landing_over_sockets
from tests.faults.survived import SECTION_OF, assert_whole, each_source, healthy_page
from tests.faults.switchable_upstream import SwitchableUpstream
from tests.transport.conftest import CLIENTS
from tests.transport.raw_server import Play, answer, read_head
from tests.upstreams_in_process import simulated

VIEWERS = [str(viewer) for viewer in range(1, 6)]


def somebody_elses(name: str) -> bytes:
    """A whole answer that any page could show, and none of those asked for here may."""
    target = "/users?ids=901,902,903" if name == "users" else f"/{name}?user_id=901&limit=10"
    return answer(200, simulated(name).answer(target).body)


def followed_by_another(upstream: SwitchableUpstream) -> Play:
    """The extra answer comes together with the one that was asked for."""

    async def play(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        own = answer(200, upstream.body(await read_head(reader)))
        writer.write(own + somebody_elses(upstream.name))
        await writer.drain()

    return play


def followed_late_by_another(upstream: SwitchableUpstream) -> Play:
    """The extra answer comes when the next request has been sent, and before that one's own."""

    async def play(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        extra = b""
        while True:
            own = answer(200, upstream.body(await read_head(reader)))
            writer.write(extra + own)
            await writer.drain()
            extra = somebody_elses(upstream.name)

    return play


@each_source
@pytest.mark.parametrize("client", CLIENTS)
async def test_u16_an_answer_that_nobody_asked_for_is_shown_to_nobody(name: str, client: str) -> None:
    async with landing_over_sockets(CLIENTS[client]()) as landing:
        upstream = landing.upstreams[name]
        async with upstream.playing(followed_by_another(upstream), goes_on=True):
            pages = [await landing.client.ask(viewer=viewer) for viewer in VIEWERS]
            pages += await asyncio.gather(*(landing.client.ask(viewer=viewer) for viewer in VIEWERS))
        pages += [await landing.client.ask(viewer=viewer) for viewer in VIEWERS]
    for viewer, page in zip(VIEWERS * 3, pages, strict=True):
        assert_whole(page, healthy_page(viewer))


KEPT_CONNECTION = pytest.mark.xfail(
    strict=True,
    reason="on a connection that is kept, what comes after a request is its answer: HTTP/1.1 cannot tell them apart",
)


@each_source
@pytest.mark.parametrize(
    ("client", "keep_alive"),
    [pytest.param("pyreqwest", "on", marks=KEPT_CONNECTION), ("pyreqwest", "off"), ("httpx", "on")],
)
async def test_u16_an_extra_answer_that_comes_after_the_next_request_is_shown_to_nobody(
    name: str, client: str, keep_alive: str
) -> None:
    settings = for_source(name, {"KEEP_ALIVE": keep_alive})
    async with landing_over_sockets(CLIENTS[client](), settings) as landing:
        upstream = landing.upstreams[name]
        async with upstream.playing(followed_late_by_another(upstream)):
            pages = [await landing.client.ask(viewer=viewer) for viewer in VIEWERS]
    for viewer, page in zip(VIEWERS, pages, strict=True):
        assert_whole(page, healthy_page(viewer))


def followed_late_by_another_that_is_named(upstream: SwitchableUpstream) -> Play:
    """As before, by an upstream that says whose answer each is."""

    async def play(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        extra = b""
        while True:
            head = await read_head(reader)
            request_id = head.lower().partition("x-request-id: ")[2].partition("\r\n")[0]
            own = answer(200, upstream.body(head), x_request_id=request_id)
            writer.write(extra + own)
            await writer.drain()
            extra = own

    return play


@each_source
async def test_u16_an_extra_answer_that_names_its_request_is_shown_to_nobody_on_a_kept_connection(name: str) -> None:
    async with landing_over_sockets() as landing:
        upstream = landing.upstreams[name]
        async with upstream.playing(followed_late_by_another_that_is_named(upstream)):
            pages = [await landing.client.ask(viewer=viewer) for viewer in VIEWERS]
    for viewer, page in zip(VIEWERS, pages, strict=True):
        healthy = healthy_page(viewer)[SECTION_OF[name]]
        assert page.page[SECTION_OF[name]] in (healthy, None)
