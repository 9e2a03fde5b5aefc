"""What tests of the store do over and over."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Final, TypeVar

from bff.cache.address import address
from bff.cache.redis.store import RedisShared
from bff.cache.shared import Fill, Lease

T = TypeVar("T")

BACK_WITHIN: Final = 5.0
"""Seconds, by R2."""


@asynccontextmanager
async def store_at(url: str) -> AsyncIterator[RedisShared]:
    store = RedisShared.at(url)
    try:
        yield store
    finally:
        await store.close()


def at(viewer: str, key: object = "k") -> str:
    """Where some value of the viewer's lies."""
    return address(viewer=viewer, source="s", call="c", version="1", key=key)


async def leased(store: RedisShared, *addresses: str) -> list[Lease]:
    """The leases, which are free."""
    taken = await store.take(addresses)
    leases = [each.lease for each in taken if each.lease is not None]
    assert len(leases) == len(addresses)
    return leases


async def fill(store: RedisShared, values: Mapping[str, bytes], ttl: float = 60) -> None:
    """All of them are kept."""
    leases = await leased(store, *values)
    kept = await store.write([Fill(lease, value, ttl) for lease, value in zip(leases, values.values(), strict=True)])
    assert kept == len(values)


async def works_again(work: Callable[[], Awaitable[T]]) -> T:
    """What it comes to, as soon as it fails no more."""
    async with asyncio.timeout(BACK_WITHIN):
        while True:
            try:
                return await work()
            except Exception:
                await asyncio.sleep(0.05)


class Heard:
    """An ear that notes all it is told."""

    def __init__(self) -> None:
        self.times = 0
        self.addresses: list[str] = []
        self.viewers: list[str] = []
        self.all = 0
        self._news = asyncio.Event()

    def listening(self) -> None:
        self.times += 1
        self._news.set()

    def forget(self, addresses: Sequence[str]) -> None:
        self.addresses += addresses
        self._news.set()

    def forget_viewer(self, viewer: str) -> None:
        self.viewers.append(viewer)
        self._news.set()

    def forget_all(self) -> None:
        self.all += 1
        self._news.set()

    async def until(self, heard: Callable[[], object], within: float = 1.0) -> None:
        """Raises `TimeoutError` where it is not."""
        async with asyncio.timeout(within):
            while not heard():
                self._news.clear()
                await self._news.wait()


@asynccontextmanager
async def hearing(store: RedisShared) -> AsyncIterator[tuple[Heard, "asyncio.Task[None]"]]:
    """An ear that listens already, and the task in which it does."""
    heard = Heard()
    listening = asyncio.create_task(store.listen(heard))
    try:
        await heard.until(lambda: heard.times)
        yield heard, listening
    finally:
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
