"""What one request carries, and what a field loads with."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from bff.ask import Origin
from bff.cache.reading import Answer
from bff.errors import Disabled
from bff.loaders import Loaders
from bff.policy import Policy
from bff.report import Report
from bff.resilience.deadline import Deadline
from bff.source import Call, Source

K = TypeVar("K")
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Context:
    """Of one request: for whom, in how much time, and the report of how it goes."""

    origin: Origin
    document: Any
    """The parsed and validated document; what executes it knows its type."""

    loaders: Loaders
    policy: Callable[[type[Source]], Policy]
    worth_waiting_for: Callable[[type[Source]], bool]
    report: Report

    def load(self, source: type[Source], loaded: Callable[[Answer[Any]], None]) -> "Load":
        """What a field of this source loads with; `loaded` is told of each answer."""
        return Load(
            viewer=self.origin.viewer,
            loaders=self.loaders,
            deadline=self.deadline_for(source),
            policy=self.policy,
            worth_waiting_for=self.worth_waiting_for,
            loaded=loaded,
        )

    def deadline_for(self, source: type[Source]) -> Deadline:
        """When a wait that begins now and is for this source ends."""
        return self.origin.deadline.within(self.policy(source).deadline)


@dataclass(frozen=True, slots=True)
class Load:
    """What a section or a related field loads with: `await load(Messages.latest, first)`."""

    viewer: str
    """The id of the signed-in user."""

    loaders: Loaders
    deadline: Deadline
    policy: Callable[[type[Source]], Policy]
    worth_waiting_for: Callable[[type[Source]], bool]
    loaded: Callable[[Answer[Any]], None]

    async def __call__(self, call: Call[K, V], key: K) -> V:
        """The value of one key, by the deadline. Raises a `SourceError` where there is none."""
        if not self.policy(call.source).enabled:
            raise Disabled(f"{call.source.name} is switched off")
        # shielded, because the reading may be another field's too; it takes no longer than the cache may
        reading = await asyncio.shield(self.loaders.load(call, key))
        worthwhile = reading.settled or self.worth_waiting_for(call.source)
        answer: Answer[V] = await reading.settle(self.deadline if worthwhile else None)
        self.loaded(answer)
        return answer.value
