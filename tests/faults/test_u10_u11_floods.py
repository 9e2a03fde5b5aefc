"""U10 and U11 over sockets: an upstream that sends more than anybody asked for."""

import asyncio
import itertools
import sys

import pytest

from tests.faults.landing_over_sockets import BUSY_MACHINE, SHORT, WINDOW, for_source, landing_over_sockets
from tests.faults.survived import KNOWN, NEW, Loss, assert_null, assert_survives, each_source, healthy_page
from tests.transport.raw_server import answer, once, read_head, streams
from tests.transport.test_caps import COMPRESSED, HEADS, MEGABYTE, UNCOMPRESSED, bomb, memory_within

BODIES = {"50 MB": (UNCOMPRESSED, [b"x" * 50_000] * 1_000), "gzip bomb": (COMPRESSED, list(bomb()))}
LARGEST_ALLOWED = answer(200, b"[" + b" " * (MEGABYTE - 2) + b"]")


@each_source
@pytest.mark.parametrize("body", BODIES)
async def test_u10_a_body_beyond_the_cap_costs_one_section(name: str, body: str) -> None:
    async with landing_over_sockets() as landing:
        fault = landing.upstreams[name].playing(streams(*BODIES[body]))
        await assert_survives(landing.client, fault, Loss(name, ("UPSTREAM_INVALID",)))


@pytest.mark.skipif(sys.platform != "linux", reason="needs /proc to see how much memory there was at the most")
@each_source
@pytest.mark.parametrize("body", BODIES)
async def test_u10_a_body_beyond_the_cap_costs_less_than_10_mb(name: str, body: str) -> None:
    healthy = healthy_page(NEW)
    async with landing_over_sockets() as landing:
        upstream = landing.upstreams[name]
        async with upstream.playing(once(LARGEST_ALLOWED), goes_on=True):
            for _ in range(3):  # what is allocated once, for any body of the size that is allowed
                await landing.client.ask(viewer=KNOWN)
        async with upstream.playing(streams(*BODIES[body])):
            with memory_within(10 * MEGABYTE):
                page = await landing.client.ask(viewer=NEW)
        assert_null(page, healthy, Loss(name, ("UPSTREAM_INVALID",)))


@each_source
@pytest.mark.parametrize("head", HEADS)
async def test_u11_headers_beyond_reason_cost_one_section(name: str, head: str) -> None:
    async with landing_over_sockets() as landing:
        fault = landing.upstreams[name].playing(once(HEADS[head]))
        await assert_survives(landing.client, fault, Loss(name, ("UPSTREAM_INVALID",)))


async def floods(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Informational answers without end."""
    await read_head(reader)
    for _ in itertools.repeat(None):
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\n" * 100)
        await writer.drain()
        await asyncio.sleep(0)  # `drain` gives nobody else a turn while the system takes all there is


@each_source
async def test_u11_a_flood_of_informational_answers_costs_one_section(name: str) -> None:
    async with landing_over_sockets(settings=for_source(name, SHORT)) as landing:
        fault = landing.upstreams[name].playing(floods)
        loss = Loss(name, ("DEADLINE_EXCEEDED", "UPSTREAM_INVALID"))
        await assert_survives(landing.client, fault, loss, within=WINDOW + BUSY_MACHINE)
