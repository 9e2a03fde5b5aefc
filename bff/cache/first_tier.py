"""The first tier, in process: bounded by bytes, what was used longest ago goes first."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from bff.cache.address import root, root_of

DEFAULT_MAX_BYTES: Final = 64 * 1024 * 1024

OVERHEAD: Final = 400
"""Bytes one value costs besides its address and itself, roughly."""


def _unnoticed(_: int) -> None:
    pass


class Watch:
    """Notes which of some addresses were forgotten while their values were on their way: those are not kept."""

    def __init__(self, addresses: Iterable[str]) -> None:
        self.addresses = frozenset(addresses)
        self.forgotten: set[str] = set()


class FirstTier:
    """Holds at most `max_bytes`, as counted by addresses, values and an overhead for each."""

    def __init__(self, max_bytes: int = DEFAULT_MAX_BYTES, evicted: Callable[[int], None] = _unnoticed) -> None:
        """`evicted` is told how many values had to go for a new one."""
        self.max_bytes = max_bytes
        self.bytes = 0
        self._evicted = evicted
        self._values: OrderedDict[str, tuple[float, bytes]] = OrderedDict()
        self._of_viewer: dict[str, set[str]] = {}
        self._watches: dict[str, list[Watch]] = {}

    def __len__(self) -> int:
        return len(self._values)

    def get(self, address: str) -> bytes | None:
        """The value, if it is there and its time is not up."""
        found = self._values.get(address)
        if found is None:
            return None
        until, value = found
        if asyncio.get_running_loop().time() >= until:
            self._drop(address)
            return None
        self._values.move_to_end(address)
        return value

    def keep(self, address: str, value: bytes, ttl: float, watch: Watch) -> None:
        """Keep it for `ttl` seconds, unless it was forgotten meanwhile, or is larger than the whole tier."""
        if address in watch.forgotten:
            return
        self._drop(address)
        if _size(address, value) > self.max_bytes:
            return
        self._values[address] = (asyncio.get_running_loop().time() + ttl, value)
        self._of_viewer.setdefault(root_of(address), set()).add(address)
        self.bytes += _size(address, value)
        before = len(self._values)
        while self.bytes > self.max_bytes:
            self._drop(next(iter(self._values)))
        if before > len(self._values):
            self._evicted(before - len(self._values))

    def watch(self, addresses: Sequence[str]) -> Watch:
        """From before their values are asked for, until `unwatch`."""
        watch = Watch(addresses)
        for address in watch.addresses:
            self._watches.setdefault(address, []).append(watch)
        return watch

    def unwatch(self, watch: Watch) -> None:
        """Their values are kept, or never came."""
        for address in watch.addresses:
            others = self._watches[address]
            others.remove(watch)
            if not others:
                del self._watches[address]

    def forget(self, addresses: Iterable[str]) -> None:
        """These, and what is on its way for them."""
        for address in addresses:
            self._drop(address)
            for watch in self._watches.get(address, ()):
                watch.forgotten.add(address)

    def forget_viewer(self, viewer: str) -> None:
        """All of one viewer, and what is on its way."""
        own = root(viewer)
        self.forget(tuple(self._of_viewer.get(own, ())))
        self.forget([address for address in self._watches if root_of(address) == own])

    def forget_all(self) -> None:
        """Everything, and what is on its way."""
        self._values.clear()
        self._of_viewer.clear()
        self.bytes = 0
        self.forget(tuple(self._watches))

    def _drop(self, address: str) -> None:
        found = self._values.pop(address, None)
        if found is None:
            return
        self.bytes -= _size(address, found[1])
        own = self._of_viewer[root_of(address)]
        own.discard(address)
        if not own:
            del self._of_viewer[root_of(address)]


def _size(address: str, value: bytes) -> int:
    return len(address) + len(value) + OVERHEAD
