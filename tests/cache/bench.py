"""A cache as one process has it, over an upstream that does as it is told. Several of them may share a store."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from bff.cache.address import address
from bff.cache.cache import Cache
from bff.cache.outcome import Failed, Fetched, Outcome
from bff.cache.patience import Patience
from bff.cache.read_through import Refused, never
from bff.cache.reading import Reading
from bff.cache.shared import SharedStore
from bff.cache.terms import Terms
from bff.errors import SectionState
from bff.events import Event
from bff.resilience.deadline import Deadline
from bff.timeline import clock
from bff.timeline.call import CallTimeline
from bff.timeline.trace import TraceContext

TRACE: Final = TraceContext("a" * 32, "b" * 16, None, sampled=False, ours=False)
TERMS: Final = Terms(source="s", call="c", shape=str, ttl=60, ttl_jitter=0, revalidate=0, stale=3600, most=2, bound=10)


def at(key: str, viewer: str = "1") -> str:
    """The address of a key."""
    return address(viewer=viewer, source="s", call="c", version="v", key=key)


def now() -> float:
    """Seconds since the epoch, which go by as the loop's do."""
    return 1_000_000.0 + asyncio.get_running_loop().time()


def timeline(keys: int = 1) -> CallTimeline:
    """Of a flight for so many addresses."""
    return CallTimeline("s", "c", keys, "request-7", TRACE, clock.now())


Fetching = Callable[[Sequence[str]], Awaitable[Mapping[str, Outcome]]]


@dataclass(frozen=True)
class By:
    """A fetch by a function of its own."""

    fetch: Fetching

    def begin(self, keys: int) -> CallTimeline:
        return timeline(keys)

    async def __call__(self, addresses: Sequence[str], _: CallTimeline) -> Mapping[str, Outcome]:
        return await self.fetch(addresses)


@dataclass
class Upstream:
    """A fetch that takes `delay` seconds, and what it was asked for."""

    delay: float = 0.0
    error: Exception | None = None
    asked: list[list[str]] = field(default_factory=list)

    def begin(self, keys: int) -> CallTimeline:
        return timeline(keys)

    async def __call__(self, addresses: Sequence[str], _: CallTimeline) -> Mapping[str, Outcome]:
        self.asked.append(list(addresses))
        await asyncio.sleep(self.delay)
        if self.error is not None:
            return dict.fromkeys(addresses, Failed(self.error))
        return {address: Fetched(f"value of {address}", now()) for address in addresses}


class Bench:
    """One process."""

    def __init__(
        self, shared: SharedStore | None = None, upstream: Upstream | None = None, max_bytes: int = 1_000_000
    ) -> None:
        self.told: list[Event] = []
        self.upstream = upstream or Upstream()
        self.cache = Cache(shared, max_bytes=max_bytes, tell=self.told.append, now=now)

    async def read(
        self,
        *addresses: str,
        terms: Terms = TERMS,
        patience: Patience | None = None,
        refused: Refused = never,
    ) -> list[Reading[Any]]:
        return await self.cache.read(addresses, terms, self.upstream, patience or Patience(), refused)

    async def answer(
        self, address: str, within: float = 10.0, terms: Terms = TERMS, patience: Patience | None = None
    ) -> tuple[Any, SectionState]:
        [reading] = await self.read(address, terms=terms, patience=patience)
        answer = await reading.settle(Deadline.after(within))
        return answer.value, answer.state

    def events(self, kind: type[Any]) -> list[Any]:
        return [event for event in self.told if isinstance(event, kind)]


def with_terms(**changes: Any) -> Terms:
    return replace(TERMS, **changes)
