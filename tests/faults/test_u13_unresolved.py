"""U13 over sockets: an upstream's name does not resolve."""

import asyncio
import time

import pytest

from tests.faults.landing_over_sockets import for_source, landing_over_sockets
from tests.faults.survived import NEW, Loss, assert_null, each_source, healthy_page
from tests.transport.conftest import CLIENTS

NOWHERE = {"URL": "http://no-such-host.invalid"}
"""Reserved: no resolver knows it. That it resolves later on is played in test_u1_u13_late.py."""


@each_source
@pytest.mark.parametrize("client", CLIENTS)
async def test_u13_a_name_that_does_not_resolve_costs_one_section(name: str, client: str) -> None:
    async with landing_over_sockets(CLIENTS[client](), settings=for_source(name, NOWHERE)) as landing:
        page = await landing.client.ask(viewer=NEW)
    # a resolver that must ask around may take longer than the page has
    assert_null(page, healthy_page(NEW), Loss(name, ("UPSTREAM_UNREACHABLE", "DEADLINE_EXCEEDED")))


@pytest.mark.serial
@pytest.mark.parametrize("client", CLIENTS)
async def test_u13_resolving_does_not_block_the_event_loop(client: str) -> None:
    longest = 0.0

    async def watch() -> None:
        nonlocal longest
        while True:
            before = time.monotonic()
            await asyncio.sleep(0.001)
            longest = max(longest, time.monotonic() - before)

    async with landing_over_sockets(CLIENTS[client](), settings=for_source("users", NOWHERE)) as landing:
        await landing.client.ask("{ landingPage { notifications { id } } }")
        watching = asyncio.create_task(watch())
        await landing.client.ask("{ landingPage { viewer { id } } }")
        watching.cancel()
    assert longest < 0.05
