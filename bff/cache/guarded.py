"""A shared store behind one deadline and breakers of its own: it is never waited for long, nor twice."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import Final, TypeVar

from bff.cache.background import Background
from bff.cache.operations import Operations, Work, reason, to_its_end
from bff.cache.patience import CACHE_DEADLINE
from bff.cache.shared import Change, Ear, Release, SharedStore, Taken
from bff.errors import BreakerOpen, SourceError, UpstreamFailed
from bff.events import CacheFailed, Listener
from bff.resilience.breaker import Breaker, BreakerOptions
from bff.resilience.deadline import Deadline

T = TypeVar("T")

NAME: Final = "cache"
"""What its breaker is called where sources have their names."""

LEASES: Final = "cache leases"
"""The same, of the breaker before leases alone."""

PROBE_EVERY: Final = 0.25
"""Seconds."""

OPTIONS: Final = BreakerOptions(calls=1, share=0.5, window=CACHE_DEADLINE, sleep=PROBE_EVERY / 2)
"""A server that hangs answers nobody for a whole deadline: then the first to be late opens the breaker. One late answer
among many good ones does not. Nothing but probes asks an open breaker, and it refuses none of them.
"""

LEASE_OPTIONS: Final = BreakerOptions(calls=1, share=0.5, window=1.0, sleep=1.0)
"""A server that is full or read-only refuses each lease promptly, and is read all the same."""


class GuardedStore:
    """As the store, but whatever a page waits for answers or fails within `CACHE_DEADLINE`, and fails at once while a
    breaker is open. Meanwhile no page asks whether the server is back: probes do, for what could not be had. Whether it
    grants leases again, one flight tries each second, which costs it no time.
    """

    def __init__(self, store: SharedStore, tell: Listener, background: Background) -> None:
        self._store = store
        self._tell = tell
        self._background = background
        self._operations = Operations(store.at_fault, background)
        self._breaker = Breaker(OPTIONS, bound=CACHE_DEADLINE, source=NAME, tell=tell)
        self._leases = Breaker(LEASE_OPTIONS, bound=CACHE_DEADLINE, source=LEASES, tell=tell)
        self._probing: asyncio.Task[None] | None = None

    @property
    def reachable(self) -> bool:
        """Whether it is asked at all."""
        return not self._breaker.is_open

    @property
    def grants_leases(self) -> bool:
        """Whether it is asked for leases. Without one nothing is filled."""
        return self.reachable and self._leases.refusal() is None

    async def get_many(self, addresses: Sequence[str]) -> Sequence[bytes | None]:
        """As `SharedStore.get_many` says."""
        return await self._run("read", partial(self._store.get_many, addresses), addresses[0], _nothing)

    async def take(self, addresses: Sequence[str]) -> Sequence[Taken]:
        """As `SharedStore.take` says."""

        async def attempt(_: Deadline) -> Sequence[Taken]:
            """Every refusal counts, whosever fault it is."""
            try:
                return await self._run("lease", partial(self._store.take, addresses), addresses[0], self._give_back)
            except SourceError:
                raise
            except Exception as error:
                raise UpstreamFailed(type(error).__name__) from error

        return await self._leases(attempt, Deadline.after(CACHE_DEADLINE))

    async def write(self, changes: Sequence[Change]) -> int:
        """As `SharedStore.write` says."""
        return await self._run("write", partial(self._store.write, changes), changes[0].lease.address, _nothing)

    async def forget(self, addresses: Sequence[str]) -> None:
        """As `SharedStore.forget` says."""
        await self._told(partial(self._store.forget, addresses))

    async def forget_viewer(self, viewer: str) -> None:
        """As `SharedStore.forget_viewer` says."""
        await self._told(partial(self._store.forget_viewer, viewer))

    def at_fault(self, error: BaseException) -> bool:
        """As `SharedStore.at_fault` says."""
        return self._store.at_fault(error)

    async def listen(self, ear: Ear) -> None:
        """As `SharedStore.listen` says, whatever the breaker says."""
        await self._store.listen(ear)

    async def close(self) -> None:
        """As `SharedStore.close` says."""
        await self._store.close()

    async def _run(self, operation: str, work: Work[T], about: str, late: Callable[[T], None]) -> T:
        if not self.reachable:
            raise BreakerOpen("the cache server did not answer in time")
        try:
            return await self._breaker(partial(self._operations.in_time, work, late), Deadline.after(CACHE_DEADLINE))
        except Exception as error:
            self._tell(CacheFailed(operation, reason(error)))
            raise
        finally:
            if self._breaker.is_open and self._probing is None:
                self._probing = self._background.run(self._probe(about))

    async def _probe(self, about: str) -> None:
        """Ask for one address until the answer comes in time."""
        looking = partial(self._operations.in_time, partial(self._store.get_many, [about]), _nothing)
        while self._breaker.is_open:
            await asyncio.sleep(PROBE_EVERY)
            try:
                await self._breaker(looking, Deadline.after(CACHE_DEADLINE))
            except Exception as error:
                self._tell(CacheFailed("probe", reason(error)))
        self._probing = None

    async def _told(self, forget: Work[None]) -> None:
        """Whatever the breakers say, in as much time as it takes, and also when whoever asks goes away: no page waits
        for it, and it has to be done.
        """
        if (error := await asyncio.shield(self._background.run(self._forgotten(forget)))) is not None:
            raise error

    async def _forgotten(self, forget: Work[None]) -> Exception | None:
        try:
            await to_its_end(forget)
        except Exception as error:
            self._tell(CacheFailed("forget", reason(error)))
            return error
        return None

    def _give_back(self, taken: Sequence[Taken]) -> None:
        """Leases that came too late for whoever asked for them: others would wait for them in vain."""
        releases = [Release(one.lease) for one in taken if one.lease is not None]
        if releases:
            self._background.start(self._released(releases))

    async def _released(self, releases: Sequence[Release]) -> None:
        with suppress(Exception):  # then the leases expire
            await to_its_end(partial(self._store.write, releases))


def _nothing(_: object) -> None:
    pass
