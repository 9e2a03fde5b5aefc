"""A shared store as its port says, on the event loop's clock, with faults one can switch."""

import asyncio
import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field

from bff.cache.address import root, root_of
from bff.cache.shared import LEASE, Change, Ear, Fill, Lease, Release, Taken


class ServerGone(Exception):
    """Speaks against the server."""


class Refused(Exception):
    """Speaks against one command."""


@dataclass
class SharedInMemory:
    """The server: several stores of several processes may have it. `delay` is in seconds."""

    delay: float = 0.0
    error: Exception | None = None
    refuse_writes: bool = False
    values: dict[str, tuple[float, bytes, bytes]] = field(default_factory=dict)
    leases: dict[str, tuple[float, bytes]] = field(default_factory=dict)
    generations: dict[str, bytes] = field(default_factory=dict)
    asked: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    ears: list[Ear] = field(default_factory=list)
    under_way: int = 0
    most_under_way: int = 0
    """Operations at a time, besides listening."""
    _numbers: "itertools.count[int]" = field(default_factory=itertools.count)

    async def get_many(self, addresses: Sequence[str]) -> Sequence[bytes | None]:
        await self._reply("read", addresses)
        return [self._value(address) for address in addresses]

    async def take(self, addresses: Sequence[str]) -> Sequence[Taken]:
        await self._reply("take", addresses)
        self._may_write()
        return [self._take(address) for address in addresses]

    async def write(self, changes: Sequence[Change]) -> int:
        await self._reply("write", [change.lease.address for change in changes])
        self._may_write()
        return sum(self._change(change) for change in changes)

    async def forget(self, addresses: Sequence[str]) -> None:
        await self._reply("forget", addresses)
        for address in addresses:
            self.values.pop(address, None)
            self.leases.pop(address, None)
        self._tell(addresses)

    async def forget_viewer(self, viewer: str) -> None:
        await self._reply("forget", [viewer])
        self.generations.pop(root(viewer), None)
        for ear in self.ears:
            ear.forget_viewer(viewer)

    def at_fault(self, error: BaseException) -> bool:
        return isinstance(error, ServerGone)

    async def listen(self, ear: Ear) -> None:
        self.asked.append(("listen", ()))
        await self._answer()
        self.ears.append(ear)
        try:
            ear.listening()
            while self.error is None:  # noqa: ASYNC110 - as a server is watched: by asking it again and again
                await asyncio.sleep(0.3)
            raise self.error
        finally:
            self.ears.remove(ear)

    async def close(self) -> None:
        pass

    def lies_at(self, address: str) -> bool:
        """Whether anything does."""
        return self._value(address) is not None

    def held(self, address: str) -> bytes | None:
        """The token of whoever holds its lease."""
        until, token = self.leases.get(address, (0.0, b""))
        return token if until > _now() else None

    async def _reply(self, operation: str, addresses: Sequence[str]) -> None:
        self.asked.append((operation, tuple(addresses)))
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        try:
            await self._answer()
        finally:
            self.under_way -= 1

    async def _answer(self) -> None:
        await asyncio.sleep(self.delay)
        if self.error is not None:
            raise self.error

    def _may_write(self) -> None:
        if self.refuse_writes:
            raise Refused("full")

    def _value(self, address: str) -> bytes | None:
        until, generation, value = self.values.get(address, (0.0, b"", b""))
        return value if until > _now() and self.generations.get(root_of(address)) == generation else None

    def _take(self, address: str) -> Taken:
        generation = self.generations.setdefault(root_of(address), self._number())
        if self.held(address) is not None:
            return Taken(None, self._value(address))
        token = generation + self._number()
        self.leases[address] = (_now() + LEASE, token)
        return Taken(Lease(address, token), self._value(address))

    def _change(self, change: Change) -> bool:
        address, token = change.lease.address, change.lease.token
        if self.held(address) != token:
            return False
        match change:
            case Fill(value=value, ttl=ttl):
                del self.leases[address]
                if self.generations.get(root_of(address)) != token[:8]:
                    return False
                self.values[address] = (_now() + ttl, token[:8], value)
                self._tell([address])
                return True
            case Release():
                del self.leases[address]
            case _:
                self.leases[address] = (_now() + LEASE, token)
        return False

    def _tell(self, addresses: Sequence[str]) -> None:
        for ear in self.ears:
            ear.forget(addresses)

    def _number(self) -> bytes:
        return next(self._numbers).to_bytes(8, "big")


def _now() -> float:
    return asyncio.get_running_loop().time()
