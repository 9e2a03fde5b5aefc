"""U2 and U3 over sockets: answers that begin, and do not end in time."""

import asyncio
import time

import pytest

from tests.faults.landing_over_sockets import BUSY_MACHINE, SHORT, WINDOW, Landing, for_source, landing_over_sockets
from tests.faults.survived import KNOWN, NEW, Loss, assert_recovers, assert_survives, each_source
from tests.page_client import Answered
from tests.transport.raw_server import Play, read_head

PATIENCE = 0.1
"""The deadline in `SHORT`."""


async def drips(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A byte each 20 ms: no single read takes long."""
    await read_head(reader)
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n[")
    while True:
        await writer.drain()
        await asyncio.sleep(0.02)
        writer.write(b" ")


class Hangs:
    """Sends a part of an answer, then nothing; notes what else comes on that connection until it is closed."""

    def __init__(self, sent: bytes) -> None:
        self.hung = 0
        self.came_after: list[bytes] = []
        self._sent = sent

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_head(reader)
        self.hung += 1
        writer.write(self._sent)
        self.came_after.append(await reader.read())


HANGS = {
    "before the headers": b"",
    "after the headers": b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n",
    "in mid-body": b'HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n[{"id": "1", "na',
}


@each_source
async def test_u2_a_body_that_drips_costs_one_section(name: str) -> None:
    async with landing_over_sockets(settings=for_source(name, SHORT)) as landing:
        await assert_survives(
            landing.client,
            landing.upstreams[name].playing(drips),
            Loss(name, ("DEADLINE_EXCEEDED",)),
            within=WINDOW + BUSY_MACHINE,
        )


@each_source
@pytest.mark.parametrize("where", HANGS)
async def test_u3_an_answer_that_hangs_costs_one_section_and_its_connection(name: str, where: str) -> None:
    hangs = Hangs(HANGS[where])
    async with landing_over_sockets(settings=for_source(name, SHORT)) as landing:
        await assert_survives(
            landing.client,
            landing.upstreams[name].playing(hangs),
            Loss(name, ("DEADLINE_EXCEEDED",)),
            within=WINDOW + BUSY_MACHINE,
        )
    assert hangs.hung > 1
    assert set(hangs.came_after) == {b""}, "no other request came on a connection that hung"
    assert len(hangs.came_after) == hangs.hung


@pytest.mark.serial
@each_source
@pytest.mark.parametrize("play", [drips, Hangs(HANGS["in mid-body"])], ids=["drips", "hangs"])
async def test_u2_u3_the_page_is_in_time_and_whole_again_within_a_window(name: str, play: Play) -> None:
    async with landing_over_sockets(settings=for_source(name, SHORT)) as landing:
        _, usual = await timed_page(landing, KNOWN)
        async with landing.upstreams[name].playing(play):
            page, took = await timed_page(landing, NEW)
        await assert_recovers(landing.client, NEW, within=WINDOW, last=page)
    assert took < usual + PATIENCE + 0.05


async def timed_page(landing: Landing, viewer: str) -> tuple[Answered, float]:
    started = time.monotonic()
    page = await landing.client.ask(viewer=viewer)
    return page, time.monotonic() - started
