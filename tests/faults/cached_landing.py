"""The landing page over a cache server, as one of several processes that share it; upstreams are in this one."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from bff.events import BreakerMoved, Event
from tests.faults.survived import assert_whole, healthy_page
from tests.page_client import Answered, PageClient, landing
from tests.upstreams_in_process import InProcessUpstreams

WARM: Final = tuple(str(viewer) for viewer in range(101, 141))
"""Viewers whose pages lie in the cache before a process that is tested begins."""

BACK_WITHIN: Final = 5.0
"""Seconds after its return the cache server is used again (R2)."""


@dataclass(frozen=True)
class Process:
    """One that serves pages."""

    client: PageClient
    upstreams: InProcessUpstreams
    told: list[Event] = field(default_factory=list)

    async def whole(self, viewer: str = "1") -> Answered:
        """A page on which nothing is missing, nothing is old, and nothing is another viewer's."""
        answer = await self.client.ask(viewer=viewer)
        assert_whole(answer, healthy_page(viewer))
        return answer

    def events(self, kind: type[Any]) -> list[Any]:
        return [event for event in self.told if isinstance(event, kind)]

    def breaker_moves(self) -> list[str]:
        """Of the one before the cache server."""
        return [event.state for event in self.events(BreakerMoved) if event.source == "cache"]

    def breaker_opened(self) -> bool:
        return "open" in self.breaker_moves()


@asynccontextmanager
async def process_at(url: str, settings: Mapping[str, str] | None = None) -> AsyncIterator[Process]:
    """The cache is at this URL."""
    upstreams, told = InProcessUpstreams(), list[Event]()
    async with landing(
        upstreams, settings={"BFF_CACHE_URL": url, **(settings or {})}, listeners=[told.append]
    ) as client:
        yield Process(client, upstreams, told)


async def cached_for_all(url: str, viewers: Sequence[str] = ("1",)) -> None:
    """These viewers' pages lie in the cache: a process writes all it has before it ends."""
    async with process_at(url) as process:
        for viewer in viewers:
            await process.whole(viewer)


async def found_by_another(url: str, viewer: str = "1") -> set[str]:
    """The states that a process which has never been asked before finds this viewer's sections in."""
    async with process_at(url) as process:
        return set((await process.whole(viewer)).states().values())


async def eventually(is_so: Callable[[], bool], within: float = BACK_WITHIN) -> None:
    """Fails where it is not, in so many seconds."""
    async with asyncio.timeout(within):
        while not is_so():  # noqa: ASYNC110 - asks
            await asyncio.sleep(0.01)


async def found_again(process: Process) -> None:
    """Within five seconds the process finds what lies in the cache: one of the `WARM`, who have not been here yet."""
    async with asyncio.timeout(BACK_WITHIN):
        for viewer in WARM:
            if set((await process.whole(viewer)).states().values()) == {"CACHED"}:
                return
            await asyncio.sleep(BACK_WITHIN / len(WARM))
    raise AssertionError(f"in {BACK_WITHIN:g} s the process found nothing that lies in the cache")
