"""U15 over sockets: an upstream that sends us elsewhere. It is not followed: nobody else is asked."""

from collections import Counter

import pytest

from tests.faults.landing_over_sockets import landing_over_sockets
from tests.faults.survived import Loss, assert_survives, each_source
from tests.faults.switchable_upstream import SwitchableUpstream, listening
from tests.transport.conftest import CLIENTS
from tests.transport.raw_server import answer, once


@each_source
@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("to", ["itself", "another host", "a file"])
async def test_u15_a_redirect_costs_one_section_and_is_not_followed(name: str, to: str, client: str) -> None:
    async with listening(SwitchableUpstream(name)) as elsewhere, landing_over_sockets(CLIENTS[client]()) as landing:
        upstream = landing.upstreams[name]
        places = {"itself": f"/{name}", "another host": f"{elsewhere.url}/{name}", "a file": "file:///etc/passwd"}
        fault = upstream.playing(once(answer(302, b"", location=places[to])), goes_on=True)
        await assert_survives(landing.client, fault, Loss(name, ("UPSTREAM_ERROR",)))
    assert elsewhere.connections == 0


@each_source
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_u15_no_second_request_comes_of_a_redirect(name: str, status: int) -> None:
    async with landing_over_sockets() as landing:
        upstream = landing.upstreams[name]
        async with upstream.playing(once(answer(status, b"", location=f"/{name}")), goes_on=True):
            await landing.client.ask()
        asked = Counter(upstream.targets)
    assert set(asked.values()) == {1}
    assert f"/{name}" not in asked
