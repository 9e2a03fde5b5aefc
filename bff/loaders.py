"""Batching within a request, by aiodataloader. A new call needs no line here."""

from collections.abc import Awaitable, Callable, Sequence
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
        self._readings: list[Reading[Any]] = []
        self._abandoned = False

    def load(self, call: Call[Any, Any], key: Any) -> Awaitable[Reading[Any]]:
        """The reading of one key; keys asked for in the same tick are read together, equal ones once."""
        loader = self._by_call.get(call)
        if loader is None:
            loader = self._by_call[call] = DataLoader(self._batch(call))
        return loader.load(key)

    def abandon(self) -> None:
        """The client has gone away: calls that only it waited for are ended."""
        self._abandoned = True
        self._give_up()

    def _give_up(self) -> None:
        while self._readings:
            self._readings.pop().abandon()

    def _batch(self, call: Call[Any, Any]) -> Callable[[list[Any]], Any]:
        async def batch(keys: list[Any]) -> list[Reading[Any]]:
            readings = await self._read(call, keys)
            self._readings += readings
            if self._abandoned:
                self._give_up()
            return readings

        return batch
