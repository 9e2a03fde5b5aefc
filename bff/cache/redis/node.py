"""One server, and the connections to it."""

import asyncio
from collections.abc import Iterable, Sequence
from typing import Any, Final

from redis.asyncio.connection import AbstractConnection

from bff.cache.redis.connection import PUSHING, Door, drop, exchange, is_clean
from bff.cache.redis.faults import server_at_fault
from bff.cache.redis.servers import Command
from bff.cache.redis.urls import Access, Place

ANSWERS_WITHIN: Final = 0.5
"""Seconds for all of it: a free connection, connecting, asking, being answered. Pages wait for less; what is begun is
ended, so that the next one finds it done.
"""

MOST_CONNECTIONS: Final = 64


class Node:
    """A server that is asked without retries. Trouble on one connection closes those that wait too."""

    as_one = True

    def __init__(self, place: Place, access: Access) -> None:
        self._door = Door(place, access)
        self._room = asyncio.Semaphore(MOST_CONNECTIONS)
        self._waiting: list[AbstractConnection] = []
        self._closed = False

    async def ask(self, commands: Sequence[Command]) -> list[Any]:
        """As `Servers.ask` says."""
        try:
            async with asyncio.timeout(ANSWERS_WITHIN), self._room:
                replies = await self._exchange(commands)
        except Exception:
            await self._drop_waiting()
            raise
        if any(server_at_fault(reply) for reply in replies):
            await self._drop_waiting()  # its name may lead to another server by now
        return replies

    async def listener(self) -> AbstractConnection:
        """As `Servers.listener` says."""
        async with asyncio.timeout(ANSWERS_WITHIN):
            return await _connected(self._door.connection(PUSHING))

    async def close(self) -> None:
        """As `Servers.close` says. What is being asked is still answered."""
        self._closed = True
        await self._drop_waiting()

    async def _exchange(self, commands: Sequence[Command]) -> list[Any]:
        connection = await self._clean()
        try:
            replies = await exchange(connection, [command.words for command in commands])
        except BaseException:  # also when cancelled: a reply is still to come
            await drop(connection)
            raise
        if self._closed:
            await drop(connection)
        else:
            self._waiting.append(connection)
        return replies

    async def _clean(self) -> AbstractConnection:
        """The one used last, so that those a burst has left are closed by the server; else a new one."""
        while self._waiting:
            connection = self._waiting.pop()
            if await is_clean(connection):
                return connection
            await drop(connection)
        return await _connected(self._door.connection())

    async def _drop_waiting(self) -> None:
        waiting, self._waiting = self._waiting, []
        for connection in waiting:
            await drop(connection)


class Nodes:
    """The servers we know, each with its connections, which outlive a change of roles."""

    def __init__(self, access: Access) -> None:
        self._access = access
        self._nodes: dict[Place, Node] = {}

    def at(self, place: Place) -> Node:
        """The server there."""
        if place not in self._nodes:
            self._nodes[place] = Node(place, self._access)
        return self._nodes[place]

    async def keep(self, places: Iterable[Place]) -> None:
        """Let go of all others."""
        for place in self._nodes.keys() - set(places):
            await self._nodes.pop(place).close()


async def _connected(connection: AbstractConnection) -> AbstractConnection:
    try:
        await connection.connect()  # type: ignore[no-untyped-call]  # redis-py has typed none of it
    except BaseException:  # redis-py leaves one open that is cancelled while it logs in
        await drop(connection)
        raise
    return connection
