"""Batching within a request, by aiodataloader. A new call needs no line here."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from aiodataloader import DataLoader

from bff.cache.reading import Reading
from bff.source import Call

ReadMany = Callable[[Call[Any, Any], Sequence[Any]], Awaitable[list[Reading[Any]]]]


class Loaders:
    """One dataloader for each call, made when it is first needed; lives as long as its request.

    What is loaded is a reading, which is there as soon as the cache has answered: nobody's patience is part of it.
    A section that gives up therefore cancels no future that another one awaits.
    """

    def __init__(self, read: ReadMany) -> None:
        self._read = read
        self._by_call: dict[Call[Any, Any], DataLoader[Any, Reading[Any]]] = {}
        self._readings = _Readings()

    def load(self, call: Call[Any, Any], key: Any) -> Awaitable[Reading[Any]]:
        """The reading of one key; keys asked for in the same tick are read together, equal ones once."""
        loader = self._by_call.get(call)
        if loader is None:
            loader = self._by_call[call] = DataLoader(_batch(call, self._read, self._readings))
        return loader.load(key)

    def abandon(self) -> None:
        """The client has gone away: calls that only it waited for are ended."""
        self._readings.abandon()


@dataclass(slots=True)
class _Readings:
    """What one request has read, for as long as it may still be abandoned."""

    read: list[Reading[Any]] = field(default_factory=list)
    abandoned: bool = False

    def add(self, readings: list[Reading[Any]]) -> None:
        self.read += readings
        if self.abandoned:
            self.abandon()

    def abandon(self) -> None:
        self.abandoned = True
        while self.read:
            self.read.pop().abandon()


def _batch(call: Call[Any, Any], read: ReadMany, kept: _Readings) -> Callable[[list[Any]], Any]:
    """Refers to no loader, so that a request's objects are no cycle and go when it goes."""

    async def batch(keys: list[Any]) -> list[Reading[Any]]:
        readings = await read(call, keys)
        kept.add(readings)
        return readings

    return batch
