"""A page of two sections: `items` may be slow wherever a test wants it to be, `quick` never is."""

import asyncio
import ssl
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import msgspec
import strawberry
from starlette.applications import Starlette

from bff import Ask, BulkheadOptions, Load, Page, Policy, RetryOptions, Source, call, create_app, read_settings, section
from bff.transport.over_httpx import HttpxTransport
from bff.transport.over_pyreqwest import PyreqwestTransport
from tests.page_client import ByHeader


class ItemRecord(msgspec.Struct, frozen=True):
    id: str
    text: str


class Items(Source):
    name = "items"
    policy = Policy(
        deadline=3.0,
        work_bound=3.0,
        ttl=60.0,
        bulkhead=BulkheadOptions(limit=1, max_wait=2.0),
        retry=RetryOptions(base=0.001, longest=1.5),
    )

    @call
    async def all(self, ask: Ask, limit: int) -> list[ItemRecord]:
        return await ask.get("/items", list[ItemRecord], limit=limit)


class Quick(Source):
    name = "quick"

    @call
    async def all(self, ask: Ask, limit: int) -> list[ItemRecord]:
        return await ask.get("/items", list[ItemRecord], limit=limit)


@strawberry.type(description="An item.")
class Item:
    id: strawberry.ID = strawberry.field(description="Its id.")


def page_of(resolving: float = 0.0) -> Page:
    """`resolving` seconds of the resolver's own."""

    class Small:
        @section(Items, list[Item])
        async def items(self, load: Load) -> Any:
            """Items."""
            found = await load(Items.all, 2)
            await asyncio.sleep(resolving)
            return found

        @section(Quick, list[Item])
        async def quick(self, load: Load) -> Any:
            """Others."""
            return await load(Quick.all, 2)

    return Page(strawberry.type(Small, description="Small."), sources=[Items, Quick])


@dataclass(frozen=True)
class SlowlyIdentified:
    """Takes so many seconds."""

    seconds: float

    async def __call__(self, headers: Mapping[str, str], /) -> str:
        await asyncio.sleep(self.seconds)
        return await ByHeader()(headers)


@dataclass(frozen=True)
class Asked:
    """One answer, its waterfall, and how long it took as seen from outside."""

    data: Mapping[str, Any]
    waterfall: Mapping[str, Any]
    seconds: float
    headers: Mapping[str, str]

    def waited(self) -> dict[tuple[str, str], float]:
        """Seconds of the critical path, by (whose, phase)."""
        found: dict[tuple[str, str], float] = {}
        for step in self.waterfall["critical"]:
            key = (step["what"], step["phase"])
            found[key] = found.get(key, 0.0) + step["end"] - step["start"]
        return found


@dataclass
class SmallPage:
    """A client of it."""

    http: httpx.AsyncClient
    app: Starlette
    sends: float = 0.0
    """Seconds that the request's body takes to come."""

    query: str = field(default="{ small { items { id } quick { id } } }")

    async def ask(self, viewer: str = "1") -> Asked:
        started = time.monotonic()
        body = httpx.Request("POST", "http://bff.test/graphql", json={"query": self.query}).content
        headers = {"x-viewer": viewer, "x-bff-waterfall": "1", "content-type": "application/json"}
        answer = await self.http.post("/graphql", content=self._sent(body), headers=headers)
        told = answer.json()
        assert "errors" not in told
        return Asked(told["data"]["small"], told["extensions"]["waterfall"], time.monotonic() - started, answer.headers)

    async def _sent(self, body: bytes) -> AsyncIterator[bytes]:
        yield body[:10]
        await asyncio.sleep(self.sends)
        yield body[10:]


@asynccontextmanager
async def small_page(
    settings: Mapping[str, str],
    *,
    resolving: float = 0.0,
    identifying: float = 0.0,
    trusted: ssl.SSLContext | None = None,
) -> AsyncIterator[SmallPage]:
    """Over httpx where certificates have to be trusted, which also shows when there is a connection."""
    page = page_of(resolving)
    transport = PyreqwestTransport() if trusted is None else HttpxTransport(httpx.AsyncClient(verify=trusted))
    app = create_app(
        page,
        read_settings(page, settings),
        transport=transport,
        identify=SlowlyIdentified(identifying),
        shows_waterfalls=True,
        watch_loop=False,
    )
    client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://bff.test")
    async with app.router.lifespan_context(app), client:
        yield SmallPage(client, app)
