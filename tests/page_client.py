"""A client of the landing page, in process: the ASGI app is called as a server would call it."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import httpx
import msgspec
from starlette.applications import Starlette

from bff import Page, create_app, read_settings
from bff.cache.shared import SharedStore
from bff.events import Listener
from bff.schema import page as landing_page
from bff.telemetry.waterfall.model import Waterfall
from bff.transport import Transport
from bff.web.graphql import FaultsOf, no_faults
from tests.upstreams_in_process import URLS

LANDING = (files("bff") / "frontend" / "landing.graphql").read_text()


class ByHeader:
    """Whoever `x-viewer` says is signed in."""

    async def __call__(self, headers: Mapping[str, str], /) -> str:
        return headers.get("x-viewer", "1")


@dataclass(frozen=True)
class Answered:
    """One answer."""

    status: int
    headers: Mapping[str, str]
    body: dict[str, Any]

    @property
    def page(self) -> dict[str, Any]:
        """`data.landingPage`."""
        found: dict[str, Any] = self.body["data"]["landingPage"]
        return found

    @property
    def rows(self) -> list[dict[str, Any]]:
        """`extensions.sections`."""
        found: list[dict[str, Any]] = self.body["extensions"]["sections"]
        return found

    @property
    def waterfall(self) -> Waterfall:
        """`extensions.waterfall`, where it was asked for."""
        return msgspec.convert(self.body["extensions"]["waterfall"], Waterfall)

    def row(self, *path: str) -> dict[str, Any]:
        """The one row whose path ends so."""
        [row] = [row for row in self.rows if tuple(row["path"][-len(path) :]) == path]
        return row

    def states(self) -> dict[str, str]:
        """State by section, gaps left out."""
        return {row["path"][-1]: row["state"] for row in self.rows if "count" not in row}


@dataclass(frozen=True)
class PageClient:
    """Asks for pages."""

    http: httpx.AsyncClient

    async def ask(
        self,
        query: str = LANDING,
        *,
        viewer: str = "1",
        variables: Mapping[str, Any] | None = None,
        operation: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answered:
        body = {"query": query, "variables": variables, "operationName": operation}
        answer = await self.http.post("/graphql", json=body, headers={"x-viewer": viewer, **(headers or {})})
        return Answered(answer.status_code, answer.headers, answer.json())


@asynccontextmanager
async def client_of(app: Starlette) -> AsyncIterator[PageClient]:
    """A client of an app whose lifespan is run."""
    transport = httpx.ASGITransport(app=app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://bff.test") as http,
    ):
        yield PageClient(http)


@asynccontextmanager
async def landing(
    transport: Transport,
    *,
    shared: SharedStore | None = None,
    settings: Mapping[str, str] | None = None,
    listeners: Sequence[Listener] = (),
    faults_of: FaultsOf = no_faults,
    page: Page = landing_page,
) -> AsyncIterator[PageClient]:
    """The landing page over this transport and shared cache."""
    app = create_app(
        page,
        read_settings(page, {**URLS, **(settings or {})}),
        transport=transport,
        shared=shared,
        identify=ByHeader(),
        listeners=listeners,
        faults_of=faults_of,
        watch_loop=False,  # it beats in real time
        shows_waterfalls=True,
    )
    async with client_of(app) as client:
        yield client
