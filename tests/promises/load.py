"""Many users at once, each page timed and read."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import orjson
from pyreqwest.client import Client, ClientBuilder

from tests.page_client import LANDING

BODY = orjson.dumps({"query": LANDING})
HEADERS = {"content-type": "application/json"}


@dataclass(frozen=True)
class Page:
    """One answer and how long it took, in seconds."""

    user: str
    seconds: float
    status: int
    body: dict[str, Any]

    @property
    def data(self) -> dict[str, Any]:
        found: dict[str, Any] = self.body["data"]["landingPage"]
        return found

    @property
    def rows(self) -> list[dict[str, Any]]:
        """`extensions.sections`."""
        found: list[dict[str, Any]] = self.body["extensions"]["sections"]
        return found

    @property
    def states(self) -> dict[str, str]:
        """State by section, gaps left out."""
        return {row["path"][-1]: row["state"] for row in self.rows if "count" not in row}


Browser = Callable[[str], Awaitable[Page]]
"""The page of a user."""


async def one_page(url: str, user: str, headers: Mapping[str, str] | None = None) -> Page:
    """The page of one user."""
    async with _client() as client:
        return await _page(client, url, user, headers or {})


@asynccontextmanager
async def browser(url: str) -> AsyncIterator[Browser]:
    """For pages whenever one likes."""
    async with _client() as client:
        yield lambda user: _page(client, url, user, {})


async def many_pages(url: str, users: Iterable[str], *, at_once: int) -> list[Page]:
    """A page for each user, `at_once` of them under way at any time. The first ones start spread over 0.4 s."""
    waiting = iter(users)
    pages: list[Page] = []

    async def browser(client: Client, starts_after: float) -> None:
        await asyncio.sleep(starts_after)
        for user in waiting:
            pages.append(await _page(client, url, user, {}))

    async with _client() as client:
        await asyncio.gather(*(browser(client, 0.4 * each / at_once) for each in range(at_once)))
    return pages


def percentile(pages: Iterable[Page], share: float) -> float:
    """Seconds that this share of the pages took at most."""
    times = sorted(page.seconds for page in pages)
    return times[min(len(times) - 1, int(len(times) * share))]


def _client() -> Client:
    return ClientBuilder().no_proxy().timeout(timedelta(seconds=20)).build()


async def _page(client: Client, url: str, user: str, headers: Mapping[str, str]) -> Page:
    clock = asyncio.get_running_loop().time
    started = clock()
    asking = client.post(f"{url}/graphql").headers({**HEADERS, "x-dev-user": user, **headers}).body_bytes(BODY)
    answer = await asking.build().send()
    body = await answer.bytes()
    return Page(user, clock() - started, answer.status, orjson.loads(memoryview(body)))
