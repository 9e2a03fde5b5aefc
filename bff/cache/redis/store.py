"""The shared store in Redis or Valkey."""

import os
from collections.abc import Sequence
from typing import Any, Final, Self

from bff.cache.address import root, root_of
from bff.cache.envelope import GENERATION, LARGEST
from bff.cache.redis import commands
from bff.cache.redis.faults import server_at_fault
from bff.cache.redis.keys import by_root, generation_of, with_leases
from bff.cache.redis.kinds import servers_at
from bff.cache.redis.listening import listen
from bff.cache.redis.servers import Command, Servers
from bff.cache.redis.urls import RedisUrl
from bff.cache.shared import Change, Ear, Fill, Release, Taken

GENERATION_KEEPS: Final = 2 * 3600.0
"""Seconds at least, and twice as long as any value: without its generation no value is found."""


class RedisShared:
    """Values in envelopes under their addresses, leases and generations beside them."""

    def __init__(self, servers: Servers) -> None:
        self._servers = servers
        self._generation_keeps = GENERATION_KEEPS

    @classmethod
    def at(cls, url: str) -> Self:
        """Raises `ValueError` where it can not be used, or a file that it names can not be read."""
        parsed = RedisUrl.parse(url)
        for option, file in (parsed.access.tls or {}).items():
            if not os.access(file, os.R_OK):
                raise ValueError(f"{option}: the file {file!r} is not there, or cannot be read")
        return cls(servers_at(parsed))

    async def get_many(self, addresses: Sequence[str]) -> Sequence[bytes | None]:
        """As `SharedStore.get_many` says."""
        viewers = by_root(addresses)
        groups = [list(viewers)] if viewers and self._servers.as_one else [[each] for each in viewers]
        wanted = [
            [*map(generation_of, roots), *(address for each in roots for address in viewers[each])] for roots in groups
        ]
        found: dict[str, Any] = {}
        for keys, reply in zip(wanted, await self._ask([commands.look_up(keys) for keys in wanted]), strict=True):
            found |= commands.looked_up(keys, reply)
        generations = {each: found[generation_of(each)] for each in viewers}
        return [commands.opened(address, generations[root_of(address)], found[address]) for address in addresses]

    async def take(self, addresses: Sequence[str]) -> Sequence[Taken]:
        """As `SharedStore.take` says."""
        viewers = by_root(addresses)
        made, nonce = os.urandom(GENERATION), os.urandom(commands.NONCE)
        wanted = [commands.take(own, each, made, self._generation_keeps, nonce) for own, each in viewers.items()]
        taken: dict[str, Taken] = {}
        for each, reply in zip(viewers.values(), await self._ask(wanted), strict=True):
            taken.update(zip(each, commands.taken(each, nonce, reply), strict=True))
        return [taken[address] for address in addresses]

    async def write(self, changes: Sequence[Change]) -> int:
        """As `SharedStore.write` says. A value that is too large is not kept, and its lease let go of."""
        fitting = [Release(c.lease) if isinstance(c, Fill) and len(c.value) > LARGEST else c for c in changes]
        longest = max((change.ttl for change in fitting if isinstance(change, Fill)), default=0.0)
        self._generation_keeps = max(self._generation_keeps, 2 * longest)
        replies = await self._ask([commands.change(each, self._generation_keeps) for each in fitting])
        return sum(reply for change, reply in zip(fitting, replies, strict=True) if isinstance(change, Fill))

    async def forget(self, addresses: Sequence[str]) -> None:
        """As `SharedStore.forget` says."""
        viewers = by_root(addresses)
        await self._ask([commands.forget(each, with_leases(each)) for each in viewers.values()])

    async def forget_viewer(self, viewer: str) -> None:
        """As `SharedStore.forget_viewer` says: without their generation, values and leases are void."""
        await self._ask([commands.forget([root(viewer)], [generation_of(root(viewer))])])

    async def knows(self, viewer: str) -> bool:
        """Whether anything was kept for this viewer lately, and not forgotten since."""
        [[generation]] = await self._ask([commands.look_up([generation_of(root(viewer))])])
        return generation is not None

    def at_fault(self, error: BaseException) -> bool:
        """As `SharedStore.at_fault` says."""
        return server_at_fault(error)

    async def listen(self, ear: Ear) -> None:
        """As `SharedStore.listen` says."""
        await listen(self._servers, ear)

    async def close(self) -> None:
        """As `SharedStore.close` says."""
        await self._servers.close()

    async def _ask(self, wanted: Sequence[Command]) -> list[Any]:
        """Raises the first failure, when all are over."""
        replies = await self._servers.ask(wanted) if wanted else []
        for reply in replies:
            if isinstance(reply, Exception):
                raise reply
        return replies
