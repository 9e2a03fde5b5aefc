"""Many small operations of a cache as few: the lookups of one tick are one round trip, and so are the writes of 20 ms.

A command costs redis-py some 150 µs of CPU, however many keys it carries (docs/decisions/0011-coalesced-cache.md).
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final

from bff.cache.store import Store

WRITE_EVERY: Final = 0.02
"""Seconds that a write waits for others. Nobody waits for a write."""

Found = Mapping[str, bytes | None]


class CoalescedStore:
    """In front of a store whose operations are round trips. A value goes to whoever asked for its key, to no other."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._keys: list[str] = []
        self._lookup: asyncio.Future[Found] | None = None
        self._values: dict[float, dict[str, bytes]] = {}
        self._write: asyncio.Future[None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def get_many(self, keys: Sequence[str]) -> list[bytes | None]:
        """As `Store.get_many` says. Who stops waiting ends nobody else's lookup."""
        self._keys += keys
        if self._lookup is None:
            loop = asyncio.get_running_loop()
            self._lookup = loop.create_future()
            loop.call_soon(self._start_lookup)  # behind everything that is ready now, and may look up too
        found = await asyncio.shield(self._lookup)
        return [found[key] for key in keys]

    async def set_many(self, values: Mapping[str, bytes], *, ttl: float) -> None:
        """As `Store.set_many` says."""
        self._values.setdefault(ttl, {}).update(values)
        if self._write is None:
            loop = asyncio.get_running_loop()
            self._write = loop.create_future()
            loop.call_later(WRITE_EVERY, self._start_write)
        await asyncio.shield(self._write)

    async def close(self) -> None:
        """End what is under way, then close the store."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._store.close()

    def _start_lookup(self) -> None:
        keys, lookup = list(dict.fromkeys(self._keys)), self._lookup
        self._keys, self._lookup = [], None

        async def found() -> Found:
            return dict(zip(keys, await self._store.get_many(keys), strict=True))

        self._run(found, lookup)

    def _start_write(self) -> None:
        groups, write = self._values, self._write
        self._values, self._write = {}, None

        async def written() -> None:
            for ttl, values in groups.items():
                await self._store.set_many(values, ttl=ttl)

        self._run(written, write)

    def _run(self, work: Callable[[], Awaitable[Any]], outcome: "asyncio.Future[Any] | None") -> None:
        assert outcome is not None, "a start is asked for with its outcome"
        task = asyncio.ensure_future(_settled(work, outcome))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def _settled(work: Callable[[], Awaitable[Any]], outcome: "asyncio.Future[Any]") -> None:
    try:
        outcome.set_result(await work())
    except Exception as error:
        outcome.set_exception(error)
        outcome.exception()  # whoever still waits is told; perhaps nobody does
    finally:
        if not outcome.done():  # ended with the app
            outcome.cancel()
