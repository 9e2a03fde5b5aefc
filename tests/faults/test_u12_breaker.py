"""U12 over sockets: an upstream that keeps failing is left alone, and called again once it is back."""

import asyncio
from collections.abc import Callable

import pytest

from tests.faults.landing_over_sockets import BUSY_MACHINE, WINDOW, Landing, for_source, landing_over_sockets
from tests.faults.survived import (
    NEW,
    Fault,
    Loss,
    assert_null,
    assert_recovers,
    each_source,
    healthy_page,
)
from tests.faults.switchable_upstream import SwitchableUpstream
from tests.page_client import Answered
from tests.transport.raw_server import resets_after

OTHERS = [str(viewer) for viewer in range(101, 121)]
"""As many users as there must be calls before a breaker judges."""

FAULTS: dict[str, Callable[[SwitchableUpstream], Fault]] = {
    "refuses": SwitchableUpstream.refusing,
    "resets": lambda upstream: upstream.playing(resets_after(b"")),
}


def patiently(name: str, **options: str) -> dict[str, str]:
    """Its breaker looks back so far that even a busy machine gets twenty calls into it; how often it probes stays."""
    return for_source(name, {"BREAKER__WINDOW": "10s", **options})


async def page_when_open(landing: Landing, loss: Loss) -> Answered:
    """The first page for which the source was not called."""
    await asyncio.gather(*(landing.client.ask(viewer=viewer) for viewer in OTHERS))
    async with asyncio.timeout(5):
        while True:
            page = await landing.client.ask(viewer=NEW)
            if page.row("landingPage", loss.section)["code"] == "BREAKER_OPEN":
                return page


@each_source
@pytest.mark.parametrize("fault", FAULTS)
async def test_u12_after_twenty_failures_the_breaker_opens_and_once_the_fault_is_over_it_closes(
    name: str, fault: str
) -> None:
    loss = Loss(name, ("BREAKER_OPEN", "UPSTREAM_UNREACHABLE", "UPSTREAM_ERROR"))
    async with landing_over_sockets(settings=patiently(name)) as landing:
        async with FAULTS[fault](landing.upstreams[name]):
            page = await page_when_open(landing, loss)
        assert_null(page, healthy_page(NEW), loss)
        await assert_recovers(landing.client, NEW, within=WINDOW + BUSY_MACHINE, last=page)


@pytest.mark.serial
@each_source
async def test_u12_the_section_is_back_within_a_window_of_the_faults_end(name: str) -> None:
    loss = Loss(name, ("BREAKER_OPEN",))
    async with landing_over_sockets(settings=patiently(name)) as landing:
        async with landing.upstreams[name].refusing():
            page = await page_when_open(landing, loss)
        await assert_recovers(landing.client, NEW, within=WINDOW, last=page)


@each_source
async def test_u12_an_upstream_whose_breaker_is_open_sees_no_more_of_us(name: str) -> None:
    loss = Loss(name, ("BREAKER_OPEN",))
    async with landing_over_sockets(settings=patiently(name, BREAKER__SLEEP="60s")) as landing:
        upstream = landing.upstreams[name]
        async with upstream.playing(resets_after(b"")):
            await page_when_open(landing, loss)
            seen = (upstream.connections, len(upstream.targets))
            pages = [await landing.client.ask(viewer=viewer) for viewer in OTHERS]
    assert (upstream.connections, len(upstream.targets)) == seen
    for viewer, page in zip(OTHERS, pages, strict=True):
        assert_null(page, healthy_page(viewer), loss)
