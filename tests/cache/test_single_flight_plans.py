"""Single flight, whatever happens: who asks, leaves, is killed, what is forgotten, when the server goes."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from bff.cache.cache import Cache
from bff.cache.outcome import Failed, Fetched, Outcome
from bff.cache.patience import Patience
from bff.errors import SourceError, UpstreamFailed
from bff.resilience.deadline import Deadline
from tests.cache.bench import TERMS, By, at, now
from tests.cache.shared_in_memory import ServerGone, SharedInMemory
from tests.cache.test_single_flight import kill
from tests.resilience.plans import eighths, run_virtually, unhurried

PROCESSES = 3
KEYS = "ab"
SLACK = 0.07
"""Seconds: the cache's deadline, and a few ticks of the shared store."""


@dataclass(frozen=True)
class Asks:
    """A page; it leaves after `leaves`, if it does."""

    process: int
    key: str
    within: float
    leaves: float | None


@dataclass(frozen=True)
class Killed:
    """A process, without a word."""

    process: int


@dataclass(frozen=True)
class Forgotten:
    """Something has changed upstream, and a process is told."""

    process: int
    key: str | None
    """None: all of the viewer's."""


@dataclass(frozen=True)
class ServerDown:
    """For so long."""

    seconds: float


Happening = Asks | Killed | Forgotten | ServerDown
process = st.integers(0, PROCESSES - 1)
asks = st.builds(Asks, process, st.sampled_from(KEYS), eighths(0.125, 6), st.none() | eighths(0, 3))
rare = st.one_of(
    st.builds(Killed, process),
    st.builds(Forgotten, process, st.sampled_from(KEYS) | st.none()),
    st.builds(ServerDown, eighths(0.125, 3)),
)
plans = st.lists(st.tuples(eighths(0, 4), st.one_of(asks, asks, asks, rare)), min_size=1, max_size=14)
upstreams = st.lists(st.tuples(eighths(0, 4), st.booleans()), min_size=1, max_size=6)


@dataclass
class World:
    """What truly is upstream, and what was seen of it."""

    delays: Sequence[tuple[float, bool]]
    versions: dict[str, int] = field(default_factory=lambda: dict.fromkeys(KEYS, 0))
    under_way: dict[str, int] = field(default_factory=lambda: dict.fromkeys(KEYS, 0))
    most_at_once: dict[str, int] = field(default_factory=lambda: dict.fromkeys(KEYS, 0))
    fetches: int = 0

    async def fetch(self, addresses: Sequence[str]) -> Mapping[str, Outcome]:
        """Each value is the version it had when it was asked for."""
        delay, fails = self.delays[self.fetches % len(self.delays)]
        self.fetches += 1
        keys = {address: next(key for key in KEYS if address == at(key)) for address in addresses}
        seen = {address: str(self.versions[key]) for address, key in keys.items()}
        for key in keys.values():
            self.under_way[key] += 1
            self.most_at_once[key] = max(self.most_at_once[key], self.under_way[key])
        try:
            await asyncio.sleep(delay)
        finally:
            for key in keys.values():
                self.under_way[key] -= 1
        if fails:
            return dict.fromkeys(addresses, Failed(UpstreamFailed("500")))
        return {address: Fetched(value, now()) for address, value in seen.items()}


class Run:
    """One plan, played."""

    def __init__(self, delays: Sequence[tuple[float, bool]]) -> None:
        self.world = World(delays)
        self.server = SharedInMemory(delay=0.001)
        self.caches = [Cache(self.server, max_bytes=100_000, tell=lambda _: None, now=now) for _ in range(PROCESSES)]
        self.dead: set[int] = set()
        self.pages: list[tuple[int, asyncio.Task[None]]] = []
        self.held_in_the_end: list[str] = []

    async def play(self, plan: Sequence[tuple[float, Happening]]) -> None:
        for cache in self.caches:
            await cache.open()
        for pause, happening in plan:
            await asyncio.sleep(pause)
            await self.happens(happening)
        await asyncio.gather(*(page for process, page in self.pages if process not in self.dead))
        self.server.error = None
        for place, cache in enumerate(self.caches):
            if place not in self.dead:
                await cache.close()
        self.held_in_the_end = [key for key in KEYS if self.server.held(at(key))]

    async def happens(self, happening: Happening) -> None:
        match happening:
            case Asks(process=process) if process not in self.dead:
                self.pages.append((process, asyncio.create_task(self.page(happening))))
            case Killed(process=process) if process not in self.dead and len(self.dead) < PROCESSES - 1:
                self.dead.add(process)
                await asyncio.gather(*self.end_pages_of(process), return_exceptions=True)
                await kill(self.caches[process])
            case Forgotten(process=process, key=key) if process not in self.dead and self.server.error is None:
                for each in KEYS if key is None else key:
                    self.world.versions[each] += 1
                forgetting = self.caches[process]
                await (forgetting.forget_viewer("1") if key is None else forgetting.forget([at(key)]))
            case ServerDown(seconds=seconds) if self.server.error is None:
                self.server.error = ServerGone()
                asyncio.get_running_loop().call_later(seconds, self.server_is_back)
            case _:
                pass

    def end_pages_of(self, process: int) -> list[asyncio.Task[None]]:
        pages = [page for whose, page in self.pages if whose == process]
        for page in pages:
            page.cancel()
        return pages

    def server_is_back(self) -> None:
        self.server.error = None

    async def page(self, asks: Asks) -> None:
        """Answered by its deadline, with nothing that was forgotten before it asked."""
        clock = asyncio.get_running_loop().time
        started, version, reachable = clock(), self.world.versions[asks.key], self.server.error is None
        try:
            [reading] = await self.caches[asks.process].read([at(asks.key)], TERMS, By(self.world.fetch), Patience())
            if asks.leaves is not None:
                asyncio.get_running_loop().call_later(asks.leaves, reading.abandon)
            answer = await reading.settle(Deadline(started + asks.within))
            if reachable and self.all_heard():
                assert int(answer.value) >= version
        except SourceError:
            pass
        assert clock() - started <= asks.within + SLACK

    def all_heard(self) -> bool:
        """Nothing but a server that was there all along lets every process know what was forgotten."""
        return all(cache._hearing.whole for place, cache in enumerate(self.caches) if place not in self.dead)


@unhurried
@given(plan=plans, delays=upstreams)
def test_r9_every_page_is_answered_in_time_with_nothing_that_was_forgotten(
    plan: list[tuple[float, Happening]], delays: list[tuple[float, bool]]
) -> None:
    run = Run(delays)
    run_virtually(run.play(plan))

    assert all(not cache._first._watches for cache in run.caches)
    assert run.world.under_way == dict.fromkeys(KEYS, 0)


@unhurried
@given(plan=st.lists(st.tuples(eighths(0, 4), asks), min_size=1, max_size=14), delays=upstreams)
def test_r9_while_the_server_is_there_and_nothing_is_forgotten_a_key_is_fetched_once_at_a_time(
    plan: list[tuple[float, Happening]], delays: list[tuple[float, bool]]
) -> None:
    run = Run(delays)
    run_virtually(run.play(plan))

    assert max(run.world.most_at_once.values()) <= 1
    assert run.held_in_the_end == []
