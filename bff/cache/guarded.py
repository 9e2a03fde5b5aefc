"""A shared store behind one deadline and a breaker of its own: it is never waited for long, nor twice."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import Any, Final, TypeVar

from bff.cache.background import Background
from bff.cache.patience import CACHE_DEADLINE
from bff.cache.shared import Change, Ear, Release, SharedStore, Taken
from bff.errors import BreakerOpen, DeadlineExceeded, UpstreamFailed
from bff.events import CacheFailed, Listener
from bff.resilience.breaker import Breaker, BreakerOptions
from bff.resilience.deadline import Deadline

T = TypeVar("T")

NAME: Final = "cache"
"""What its breaker is called where sources have their names."""

PROBE_EVERY: Final = 0.25
"""Seconds."""

OPTIONS: Final = BreakerOptions(calls=1, share=0.5, window=CACHE_DEADLINE, sleep=PROBE_EVERY / 2)
"""A server that hangs answers nobody for a whole deadline: then the first to be late opens the breaker. One late answer
among many good ones does not. Nothing but probes asks an open breaker, and it refuses none of them.
"""

ENDS_AFTER: Final = 2.0
"""Seconds after which an operation that nobody waits for is cut off, should the store not have done so."""

TICKS_TO_READ: Final = 5
"""Of the event loop, in which an answer that has arrived gets from its socket to whoever waits."""


class GuardedStore:
    """As the store, but whatever a page waits for answers or fails within `CACHE_DEADLINE`, and fails at once while the
    breaker is open. Meanwhile no page asks whether it is back: probes do, for what could not be had.

    What is late goes on behind it: connecting, or asking Sentinels or a cluster who is there, may take longer than a
    page waits, and has to get done once.
    """

    def __init__(self, store: SharedStore, tell: Listener, background: Background) -> None:
        self._store = store
        self._tell = tell
        self._background = background
        self._breaker = Breaker(OPTIONS, bound=CACHE_DEADLINE, source=NAME, tell=tell)
        self._probing: asyncio.Task[None] | None = None

    @property
    def reachable(self) -> bool:
        """Whether it is asked at all."""
        return not self._breaker.is_open

    async def get_many(self, addresses: Sequence[str]) -> Sequence[bytes | None]:
        """As `SharedStore.get_many` says."""
        return await self._run("read", partial(self._store.get_many, addresses), addresses[0], _nothing)

    async def take(self, addresses: Sequence[str]) -> Sequence[Taken]:
        """As `SharedStore.take` says."""
        return await self._run("lease", partial(self._store.take, addresses), addresses[0], self._give_back)

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

    async def _run(self, operation: str, work: Callable[[], Awaitable[T]], about: str, late: Callable[[T], None]) -> T:
        """`late` is told what came when nobody waited for it any more."""
        if not self.reachable:
            raise BreakerOpen("the cache server did not answer in time")
        try:
            return await self._breaker(partial(self._in_time, work, late), Deadline.after(CACHE_DEADLINE))
        except Exception as error:
            self._tell(CacheFailed(operation, _reason(error)))
            raise
        finally:
            if self._breaker.is_open and self._probing is None:
                self._probing = self._background.run(self._probe(about))

    async def _told(self, forget: Callable[[], Awaitable[None]]) -> None:
        """Whatever the breaker says, in as much time as it takes, and also when whoever asks goes away: no page waits
        for it, and it has to be done.
        """
        if (error := await asyncio.shield(self._background.run(self._forgotten(forget)))) is not None:
            raise error

    async def _forgotten(self, forget: Callable[[], Awaitable[None]]) -> Exception | None:
        try:
            await _ended(forget)
        except Exception as error:
            self._tell(CacheFailed("forget", _reason(error)))
            return error
        return None

    async def _in_time(self, work: Callable[[], Awaitable[T]], late: Callable[[T], None], deadline: Deadline) -> T:
        working = self._background.run(_ended(work))
        try:
            await self._awaited(working, deadline)
        except BaseException:
            working.add_done_callback(partial(_told_late, late))
            raise
        try:
            return working.result()
        except Exception as error:
            if self._store.at_fault(error):
                raise UpstreamFailed(type(error).__name__) from error
            raise

    async def _awaited(self, working: "asyncio.Task[Any]", deadline: Deadline) -> None:
        """A loop that lags reads its timers before its sockets: an answer that lies there already is not late."""
        await asyncio.wait((working,), timeout=deadline.left())
        for _ in range(TICKS_TO_READ):
            if not working.done():
                await asyncio.sleep(0)
        if not working.done():
            raise DeadlineExceeded("the cache server is late")

    def _give_back(self, taken: Sequence[Taken]) -> None:
        """Leases that came too late for whoever asked for them: others would wait for them in vain."""
        releases = [Release(one.lease) for one in taken if one.lease is not None]
        if releases:
            self._background.start(self._write_late(releases))

    async def _write_late(self, changes: Sequence[Change]) -> None:
        with suppress(Exception):  # then the leases expire
            await _ended(partial(self._store.write, changes))

    async def _probe(self, about: str) -> None:
        """Ask for one address until the answer comes in time."""
        while self._breaker.is_open:
            await asyncio.sleep(PROBE_EVERY)
            try:
                looking = partial(self._store.get_many, [about])
                await self._breaker(partial(self._in_time, looking, _nothing), Deadline.after(CACHE_DEADLINE))
            except Exception as error:
                self._tell(CacheFailed("probe", _reason(error)))
        self._probing = None


def _nothing(_: object) -> None:
    pass


async def _ended(work: Callable[[], Awaitable[T]]) -> T:
    async with asyncio.timeout(ENDS_AFTER):
        return await work()


def _told_late(late: Callable[[T], None], working: "asyncio.Task[T]") -> None:
    if not working.cancelled() and working.exception() is None:
        late(working.result())


def _reason(error: Exception) -> str:
    match error:
        case DeadlineExceeded() | TimeoutError():
            return "late"
        case UpstreamFailed():
            return str(error)
        case _:
            return type(error).__name__
