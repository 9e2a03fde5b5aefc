"""U19 over sockets: connections in the pool that are no longer any good. Nobody sees it."""

import asyncio

import pytest

from tests.faults.landing_over_sockets import landing_over_sockets
from tests.faults.survived import KNOWN, NEW, assert_whole, each_source, healthy_page
from tests.faults.switchable_upstream import SwitchableUpstream
from tests.transport.conftest import CLIENTS
from tests.transport.raw_server import resets_after


class ResetsWhatIsUsedAgain:
    """Answers the first request on a connection. Once it is told that they are stale, the next one resets it."""

    def __init__(self, upstream: SwitchableUpstream) -> None:
        self.stale = 0
        """So many connections are still to be reset."""
        self.resets = 0
        self._upstream = upstream
        self._used: set[asyncio.StreamWriter] = set()

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.stale and writer in self._used:
            self.stale -= 1
            self.resets += 1
            await resets_after(b"")(reader, writer)
            return
        if not self.stale:
            self._used.add(writer)
        await self._upstream.healthy(reader, writer)


@each_source
@pytest.mark.parametrize("client", CLIENTS)
async def test_u19_connections_that_the_upstream_closed_meanwhile_cost_nothing(name: str, client: str) -> None:
    async with landing_over_sockets(CLIENTS[client]()) as landing:
        await landing.client.ask(viewer=KNOWN)
        await landing.upstreams[name].hang_up()
        page = await landing.client.ask(viewer=NEW)
    assert_whole(page, healthy_page(NEW))


@each_source
async def test_u19_a_connection_that_is_reset_when_it_is_used_again_is_replaced_unseen(name: str) -> None:
    async with landing_over_sockets() as landing:
        play = ResetsWhatIsUsedAgain(landing.upstreams[name])
        async with landing.upstreams[name].playing(play, goes_on=True):
            await landing.client.ask(viewer=KNOWN)
            play.stale = 1
            page = await landing.client.ask(viewer=NEW)
    assert_whole(page, healthy_page(NEW))
    assert play.resets == 1
