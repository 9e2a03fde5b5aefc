"""What clients' users see, by the real packages against a real server: of a page that is well, and of one whose vendor
is not. Each with its default error policy.
"""

from collections.abc import Mapping
from typing import Any, Final

import pytest

from bff.errors import UpstreamFailed
from tests.clients.node import Node
from tests.clients.served import landing_over_http
from tests.upstreams_in_process import InProcessUpstreams

pytestmark = pytest.mark.timeout(200)  # the first one may have to install the packages

CLIENTS: Final[Mapping[str, tuple[str, str]]] = {
    "apollo, frames of 2022": ("apollo.mjs", "Defer20220824Handler"),
    "apollo, frames of today": ("apollo.mjs", "GraphQL17Alpha9Handler"),
    "urql, events": ("urql.mjs", ""),
    "urql, parts": ("urql.mjs", "multipart/mixed"),
    "graphiql": ("graphiql.mjs", ""),
    "relay": ("relay.mjs", ""),
    "graphql-sse": ("over_sse.mjs", ""),
}

LATE: Final = 1.0
PATIENCE: Final = 2.0

every_client = pytest.mark.parametrize("client", CLIENTS)


async def seen(node: Node, client: str, query: str, upstreams: InProcessUpstreams) -> list[dict[str, Any]]:
    """What its user sees, one for each time that something changes, the last one when all is over."""
    script, mode = CLIENTS[client]
    async with landing_over_http(upstreams) as url:
        views: list[dict[str, Any]] = await node.run(script, url, query, mode)
    assert views, "nothing was ever shown"
    for view in views:
        assert view["error"] is None
        assert (view["messages"], view["senders"]) == (10, 10), "the rest of the page"
    return views


@every_client
async def test_a_client_shows_the_page_and_then_what_was_deferred(node_modules: Node, client: str) -> None:
    first, *_, last = await seen(node_modules, client, "deferred", InProcessUpstreams(delays={"recommendations": LATE}))
    assert first["recommendations"] == "not there"
    assert (last["recommendations"], last["titles"]) == (5, 5)
    assert last["after"] - first["after"] > LATE / 2, "the page was not held back"


@every_client
async def test_a_client_shows_the_page_while_the_vendor_hangs(node_modules: Node, client: str) -> None:
    first, *_, last = await seen(node_modules, client, "deferred", InProcessUpstreams(delays={"recommendations": 3600}))
    assert first["recommendations"] == "not there"
    assert last["recommendations"] is None
    assert PATIENCE / 2 < last["after"] - first["after"] < PATIENCE + 1


@every_client
@pytest.mark.parametrize("query", ["deferred", "plain"])
async def test_a_client_shows_the_page_while_the_vendor_is_down(node_modules: Node, client: str, query: str) -> None:
    down = InProcessUpstreams(faults={"recommendations": UpstreamFailed("500")})
    *_, last = await seen(node_modules, client, query, down)
    assert last["recommendations"] is None
