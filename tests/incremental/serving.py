"""An app that serves the landing page, or another, to clients that read frames."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager

from starlette.applications import Starlette

from bff import Page, create_app, read_settings
from bff.events import Listener
from bff.schema import page as landing_page
from bff.transport import Transport
from tests.page_client import ByHeader
from tests.upstreams_in_process import URLS


@asynccontextmanager
async def served(
    transport: Transport,
    *,
    page: Page = landing_page,
    settings: Mapping[str, str] | None = None,
    listeners: Sequence[Listener] = (),
) -> AsyncIterator[Starlette]:
    """Opened, with its lifespan run."""
    app = create_app(
        page,
        read_settings(page, {**URLS, **(settings or {})}),
        transport=transport,
        identify=ByHeader(),
        listeners=listeners,
        watch_loop=False,
        shows_waterfalls=True,
    )
    async with app.router.lifespan_context(app):
        yield app
