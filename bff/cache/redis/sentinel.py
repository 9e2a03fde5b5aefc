"""The master that Sentinels name, asked anew whenever it is in trouble."""

import asyncio
from collections.abc import Sequence
from typing import Any

from redis.asyncio.connection import AbstractConnection
from redis.exceptions import AuthenticationError

from bff.cache.redis.faults import server_at_fault
from bff.cache.redis.node import ANSWERS_WITHIN, Node, Nodes
from bff.cache.redis.racing import first_good
from bff.cache.redis.servers import Command
from bff.cache.redis.urls import Access, Place, RedisUrl


class SentinelServers:
    """Asks all Sentinels at once. Whoever is first to name one that answers as a master is believed: one Sentinel may
    be cut off, and name yesterday's.
    """

    as_one = True

    def __init__(self, url: RedisUrl) -> None:
        self._url = url
        self._candidates = Nodes(url.access)
        self._master: Node | None = None
        self._finding = asyncio.Lock()

    async def ask(self, commands: Sequence[Command]) -> list[Any]:
        """As `Servers.ask` says."""
        master = await self._found()
        try:
            replies = await master.ask(commands)
        except Exception:
            self._lose(master)
            raise
        if any(server_at_fault(reply) for reply in replies):
            self._lose(master)
        return replies

    async def listener(self) -> AbstractConnection:
        """As `Servers.listener` says."""
        master = await self._found()
        try:
            return await master.listener()
        except Exception:
            self._lose(master)
            raise

    async def close(self) -> None:
        """As `Servers.close` says."""
        await self._candidates.keep(())

    def _lose(self, master: Node) -> None:
        if self._master is master:
            self._master = None

    async def _found(self) -> Node:
        async with asyncio.timeout(ANSWERS_WITHIN), self._finding:
            if self._master is None:
                place = await first_good(self._named_by(sentinel) for sentinel in self._url.places)
                await self._candidates.keep((place,))
                self._master = self._candidates.at(place)
            return self._master

    async def _named_by(self, sentinel: Place) -> Place:
        """The master by this Sentinel's word and its own."""
        place = await self._asked(sentinel)
        [hello] = await self._candidates.at(place).ask([Command("", ("HELLO", 2))])
        if isinstance(hello, list) and b"master" not in hello:
            raise ConnectionError("a Sentinel names a server that is no master any more")
        return place

    async def _asked(self, sentinel: Place) -> Place:
        """Sentinels mostly let anybody in, and refuse a password where they have none."""
        access = self._url.access
        try:
            return await self._asked_as(sentinel, Access(tls=access.tls))
        except AuthenticationError:
            if access.password is None:
                raise
            return await self._asked_as(sentinel, Access(access.username, access.password, tls=access.tls))

    async def _asked_as(self, sentinel: Place, access: Access) -> Place:
        node = Node(sentinel, access)
        try:
            [named] = await node.ask([Command("", ("SENTINEL", "GET-MASTER-ADDR-BY-NAME", self._url.master))])
        finally:
            await node.close()
        match named:
            case [bytes(host), bytes(port)]:
                return host.decode(), int(port)
            case Exception():
                raise named
            case _:
                raise ConnectionError(f"a Sentinel knows no master {self._url.master!r}")
