"""S2: the client goes away, and the work that only it waited for ends with it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from starlette.applications import Starlette

from bff import create_app, read_settings
from bff.lab.upstreams.services import SERVICES
from bff.schema import page
from tests.asgi_client import ask
from tests.page_client import ByHeader
from tests.upstreams_in_process import URLS, Watched

pytestmark = pytest.mark.virtual_time


@asynccontextmanager
async def served(upstreams: Watched) -> AsyncIterator[Starlette]:
    settings = read_settings(page, URLS)
    app = create_app(page, settings, transport=upstreams, identify=ByHeader(), watch_loop=False)
    async with app.router.lifespan_context(app):
        yield app


async def test_s2_calls_that_only_it_waited_for_are_ended_at_once() -> None:
    upstreams = Watched(delays=dict.fromkeys(SERVICES, 0.9))
    async with served(upstreams) as app:
        assert await ask(app, "1", leaves_after=0.1) == 499
        left = asyncio.get_running_loop().time()
        await asyncio.sleep(0.3)
        ended = dict(upstreams.ended)

    assert ended.keys() == set(SERVICES)
    assert max(ended.values()) - left < 0.001


async def test_s2_a_call_that_another_request_waits_for_goes_on() -> None:
    upstreams = Watched(delays={"messages": 0.9})
    async with served(upstreams) as app:
        leaving = asyncio.create_task(ask(app, "1", leaves_after=0.1))
        staying = asyncio.create_task(ask(app, "1"))
        statuses = await asyncio.gather(leaving, staying)

    assert list(statuses) == [499, 200]
    assert upstreams.ended == {}
    assert upstreams.calls["messages"] == 1 + 1, "the newest, and those that recommendations name"


async def test_s2_a_call_that_pages_gave_up_and_the_cache_wants_goes_on() -> None:
    upstreams = Watched(delays={"recommendations": 2, "messages": 0.9})
    async with served(upstreams) as app:
        await ask(app, "1", leaves_after=0.5)  # the wait for recommendations was over at 0.3 s
        await asyncio.sleep(1.6)
        ended = set(upstreams.ended)
        started = asyncio.get_running_loop().time()
        await ask(app, "1")
        took = asyncio.get_running_loop().time() - started

    assert ended == {"messages"}
    assert took == pytest.approx(0.9, abs=0.01)
    assert upstreams.calls["recommendations"] == 1, "the next page found it in the cache"


@pytest.mark.parametrize("name", SERVICES)
async def test_s2_a_client_that_leaves_as_an_answer_comes_leaves_nothing_behind(name: str) -> None:
    """At that moment fields have been resolved that nobody will ever await."""
    upstreams = Watched(delays=dict.fromkeys(SERVICES, 0.2) | {name: 0.1})
    async with served(upstreams) as app:
        for user in range(1, 21):
            assert await ask(app, str(user), leaves_after=0.1) == 499
