"""The store in process: bounded by bytes, least recently used goes first."""

import asyncio
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Final

DEFAULT_MAX_BYTES: Final = 64 * 1024 * 1024
OVERHEAD: Final = 200
"""Bytes one entry costs besides its key and value, roughly."""


class MemoryStore:
    """Holds at most `max_bytes`, as counted by keys, values and an overhead for each entry."""

    def __init__(self, max_bytes: int = DEFAULT_MAX_BYTES) -> None:
        self._max_bytes = max_bytes
        self._bytes = 0
        self._entries: OrderedDict[str, tuple[float, bytes]] = OrderedDict()

    async def get_many(self, keys: Sequence[str]) -> list[bytes | None]:
        """As `Store.get_many` says."""
        now = asyncio.get_running_loop().time()
        return [self._get(key, now) for key in keys]

    async def set_many(self, values: Mapping[str, bytes], *, ttl: float) -> None:
        """As `Store.set_many` says. A value larger than the whole store is not kept."""
        until = asyncio.get_running_loop().time() + ttl
        for key, value in values.items():
            self._drop(key)
            self._entries[key] = (until, value)
            self._bytes += _size(key, value)
        while self._bytes > self._max_bytes:
            self._drop(next(iter(self._entries)))

    async def close(self) -> None:
        """Forget everything."""
        self._entries.clear()
        self._bytes = 0

    def _get(self, key: str, now: float) -> bytes | None:
        found = self._entries.get(key)
        if found is None:
            return None
        until, value = found
        if now >= until:
            self._drop(key)
            return None
        self._entries.move_to_end(key)
        return value

    def _drop(self, key: str) -> None:
        found = self._entries.pop(key, None)
        if found is not None:
            self._bytes -= _size(key, found[1])


def _size(key: str, value: bytes) -> int:
    return len(key) + len(value) + OVERHEAD
