"""A cluster: each command goes to the node that has its keys, and who that is is asked anew after any trouble."""

import asyncio
import os
import random
from collections.abc import Sequence
from itertools import count
from typing import Any, Final, TypeAlias

from redis.asyncio.connection import AbstractConnection
from redis.exceptions import AskError, MovedError

from bff.cache.redis.faults import asks_elsewhere, server_at_fault
from bff.cache.redis.node import ANSWERS_WITHIN, Nodes
from bff.cache.redis.racing import first_good
from bff.cache.redis.servers import Command
from bff.cache.redis.slots import Slots, elsewhere
from bff.cache.redis.urls import Place, RedisUrl

MOST_ASKED: Final = 8
"""Nodes that are asked at once who has what."""

WHO_HAS_WHAT: Final = (Command("", ("CLUSTER", "INFO")), Command("", ("CLUSTER", "SLOTS")))
ASKING: Final = Command("", ("ASKING",))

Routed: TypeAlias = tuple[Place, Sequence[Command]]
"""Commands for one node, of which the last one's reply is wanted."""


class ClusterServers:
    """Follows one redirection at once; other trouble is for the next command, which begins with a new map."""

    as_one = False

    def __init__(self, url: RedisUrl) -> None:
        self._seeds = url.places
        self._nodes = Nodes(url.access)
        self._known: Sequence[Place] = ()
        self._slots: Slots | None = None
        self._finding = asyncio.Lock()
        self._turn = count(os.getpid())

    async def ask(self, commands: Sequence[Command]) -> list[Any]:
        """As `Servers.ask` says. Nodes are asked at once."""
        slots = await self._map()
        routes: list[Routed] = [(slots.owner(command.near), (command,)) for command in commands]
        replies = await self._ask_each(routes)
        if any(server_at_fault(reply) or asks_elsewhere(reply) for reply in replies):
            self._lose(slots)
        moved = {at: reply for at, reply in enumerate(replies) if isinstance(reply, AskError)}
        if moved:
            again = await self._ask_each([_redirected(routes[at], to) for at, to in moved.items()])
            for at, reply in zip(moved, again, strict=True):
                replies[at] = reply
        return replies

    async def listener(self) -> AbstractConnection:
        """As `Servers.listener` says; every time from another node, since one may be dead and nobody know it yet."""
        slots = await self._map()
        primaries = slots.primaries
        try:
            return await self._nodes.at(primaries[next(self._turn) % len(primaries)]).listener()
        except Exception:
            self._lose(slots)
            raise

    async def close(self) -> None:
        """As `Servers.close` says."""
        await self._nodes.keep(())

    def _lose(self, slots: Slots) -> None:
        if self._slots is slots:
            self._slots = None

    async def _map(self) -> Slots:
        async with asyncio.timeout(ANSWERS_WITHIN), self._finding:
            if self._slots is None:
                places = list({*self._seeds, *self._known})
                asked = random.sample(places, min(len(places), MOST_ASKED))
                self._slots = await first_good(self._told_by(place) for place in asked)
                self._known = self._slots.primaries
                await self._nodes.keep(self._known)
            return self._slots

    async def _told_by(self, place: Place) -> Slots:
        return Slots.read(await self._nodes.at(place).ask(WHO_HAS_WHAT), place)

    async def _ask_each(self, routes: Sequence[Routed]) -> list[Any]:
        by_place: dict[Place, list[int]] = {}
        for at, (place, _) in enumerate(routes):
            by_place.setdefault(place, []).append(at)
        replies: list[Any] = [None] * len(routes)

        async def ask_one(place: Place, wanted: Sequence[int]) -> None:
            commands = [command for at in wanted for command in routes[at][1]]
            try:
                answers = iter(await self._nodes.at(place).ask(commands))
            except Exception as error:
                answers = iter([error] * len(commands))
            for at in wanted:
                replies[at] = [next(answers) for _ in routes[at][1]][-1]

        await asyncio.gather(*(ask_one(place, wanted) for place, wanted in by_place.items()))
        return replies


def _redirected(route: Routed, to: AskError) -> Routed:
    """`ASK` is for this once: the keys are on their way there, and it has to be told that we know."""
    asked, commands = route
    return elsewhere(to, asked), commands if isinstance(to, MovedError) else (ASKING, *commands)
