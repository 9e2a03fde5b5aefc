"""Whom the store asks: one server, the master of Sentinels, the nodes of a cluster. A port, with one file for each."""

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

from redis.asyncio.connection import AbstractConnection

from bff.cache.redis.connection import Words


class Command(NamedTuple):
    """A command, and a key that lies where all of its keys lie."""

    near: str
    words: Words


class Servers(Protocol):
    """Bounds the time of whatever it does, and finds its way when servers change their roles or come back."""

    @property
    def as_one(self) -> bool:
        """Whether one command may name keys of several viewers, and one connection hears of all changes."""

    async def ask(self, commands: Sequence[Command]) -> list[Any]:
        """A reply, or the exception in its place, for each, in order. One round trip where nothing has changed.

        Raises where nothing could be asked.
        """

    async def listener(self) -> AbstractConnection:
        """A connection that tells things unasked, for one who closes it."""

    async def close(self) -> None:
        """Let go of connections."""
