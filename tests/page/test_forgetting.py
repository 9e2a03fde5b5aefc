"""What code of a team's own has forgotten is fetched anew, and nothing else is."""

from collections.abc import AsyncIterator

import pytest
from starlette.applications import Starlette

from bff import create_app, read_settings
from bff.schema import page
from bff.sources.todos import Todos
from tests.page_client import ByHeader, PageClient, client_of
from tests.upstreams_in_process import URLS, InProcessUpstreams

pytestmark = pytest.mark.virtual_time


@pytest.fixture
def app() -> Starlette:
    return create_app(
        page, read_settings(page, URLS), transport=InProcessUpstreams(), identify=ByHeader(), watch_loop=False
    )


@pytest.fixture
async def client(app: Starlette) -> AsyncIterator[PageClient]:
    async with client_of(app) as client:
        for viewer in ("1", "2"):
            await client.ask(viewer=viewer)
        yield client


async def test_some_keys_of_a_call_are_forgotten_for_one_viewer(app: Starlette, client: PageClient) -> None:
    await app.state.engine.forget(Todos.latest, [10], viewer="1")

    states = (await client.ask(viewer="1")).states()
    assert states.pop("todos") == "LIVE"
    assert set(states.values()) == {"CACHED"}
    assert set((await client.ask(viewer="2")).states().values()) == {"CACHED"}


async def test_all_of_one_viewer_is_forgotten(app: Starlette, client: PageClient) -> None:
    await app.state.engine.forget_viewer("1")

    assert set((await client.ask(viewer="1")).states().values()) == {"LIVE"}
    assert set((await client.ask(viewer="2")).states().values()) == {"CACHED"}


async def test_where_headers_are_forwarded_a_key_is_forgotten_whatever_they_said() -> None:
    settings = read_settings(page, {**URLS, "BFF_TODOS__FORWARDS": "accept-language"})
    app = create_app(page, settings, transport=InProcessUpstreams(), identify=ByHeader(), watch_loop=False)
    async with client_of(app) as client:
        for language in ("de", "en"):
            await client.ask(headers={"accept-language": language})
        await app.state.engine.forget(Todos.latest, [10], viewer="1")
        after = [(await client.ask(headers={"accept-language": each})).states()["todos"] for each in ("de", "en")]
    assert after == ["LIVE", "LIVE"]
