"""Shared levels without a server: as the script has them, and in trouble when asked to be."""

import asyncio
from collections.abc import Mapping, Sequence

from bff.timeline import clock


class LevelsInMemory:
    """What several processes tell it adds up."""

    def __init__(self) -> None:
        self.levels: dict[str, tuple[float, float]] = {}
        self.told: list[dict[str, float]] = []
        self.error: Exception | None = None
        self.delay = 0.0
        self.closed = False

    async def add(self, amounts: Mapping[str, float], *, drain: float, most: float) -> Sequence[float]:
        self.told.append(dict(amounts))
        await asyncio.sleep(self.delay)
        if self.error:
            raise self.error
        return [self._risen(name, amount, drain, most) for name, amount in amounts.items()]

    def _risen(self, name: str, amount: float, drain: float, most: float) -> float:
        now = clock.now()
        level, since = self.levels.get(name, (0.0, now))
        level = min(most, max(0.0, level - (now - since) * drain) + amount)
        self.levels[name] = level, now
        return level

    async def close(self) -> None:
        self.closed = True
