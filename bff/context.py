"""What one request carries, and what a field loads with."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from bff.ask import Origin
from bff.cache.reading import Answer
from bff.errors import Disabled, SourceError
from bff.loaders import Loaders
from bff.policy import Policy
from bff.report import Part, Report, SectionRecord
from bff.resilience.deadline import Deadline
from bff.source import Call, Source
from bff.timeline import clock

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

    in_frames: bool = False
    """Whoever asks takes an answer in frames: what is deferred comes by itself, and all else does not wait for it."""

    part: Part | None = None
    """The deferred one that is being resolved."""

    def deferred(self, part: Part) -> "Context":
        """The same for what a client has deferred: it waits longer, also where pages do not wait. That costs nobody
        anything but who reads it, and breaker and bulkhead bound how many do.
        """
        return replace(self, part=part, worth_waiting_for=_always)

    def load(self, source: type[Source], section: SectionRecord | None, field: str | None) -> "Load":
        """What a field of this source loads with: a section, or (`field`) one further in."""
        return Load(
            viewer=self.origin.viewer,
            loaders=self.loaders,
            deadline=self.deadline_for(source),
            policy=self.policy,
            worth_waiting_for=self.worth_waiting_for,
            section=section,
            field=field,
        )

    def deadline_for(self, source: type[Source]) -> Deadline:
        """When a wait that begins now and is for this source ends."""
        policy = self.policy(source)
        return self.origin.deadline.within(policy.deadline if self.part is None else policy.deferred_patience)


def _always(_: type[Source]) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Load:
    """What a section or a related field loads with: `await load(Messages.latest, first)`."""

    viewer: str
    """The id of the signed-in user."""

    loaders: Loaders
    deadline: Deadline
    policy: Callable[[type[Source]], Policy]
    worth_waiting_for: Callable[[type[Source]], bool]
    section: SectionRecord | None
    """Which is told what was loaded for it, and when."""

    field: str | None

    async def __call__(self, call: Call[K, V], key: K) -> V:
        """The value of one key, by the deadline. Raises a `SourceError` where there is none."""
        if not self.policy(call.source).enabled:
            raise Disabled(f"{call.source.name} is switched off")
        # shielded, because the reading may be another field's too; it takes no longer than the cache may
        asked_at = clock.now()
        reading = await asyncio.shield(self.loaders.load(call, key))
        looked_up_at = clock.now()
        worthwhile = reading.settled or self.worth_waiting_for(call.source)
        code: str | None = None
        try:
            answer: Answer[V] = await reading.settle(self.deadline if worthwhile else None)
        except SourceError as error:
            code = error.code
            raise
        finally:
            if self.section is not None:
                name, waited_for = call.source.name, reading.waited_for
                self.section.took(name, call.name, self.field, asked_at, looked_up_at, waited_for, code)
        if self.section is not None and self.field is None:
            self.section.loaded(answer.state, answer.fetched_at, answer.because)
        return answer.value
