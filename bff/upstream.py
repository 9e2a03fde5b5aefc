"""A source with the settings it runs under, and the guards that stand before it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Self

from bff.errors import SourceError
from bff.events import Listener
from bff.introduction import Introduction
from bff.policy import Policy
from bff.resilience.attempt_timeout import AttemptTimeout
from bff.resilience.backpressure import Backpressure
from bff.resilience.breaker import Breaker
from bff.resilience.bulkhead import Bulkhead
from bff.resilience.guard import Guard, Pipeline, Refusal
from bff.resilience.hedge import Hedge
from bff.resilience.retry import Retry
from bff.resilience.waiting import Waiting
from bff.source import Call, Source
from bff.standing import SourceStanding


@dataclass(frozen=True, slots=True)
class Upstream:
    """What one app knows of one source. `waiting` tells pages whether to wait, and watches every call."""

    source: Source
    url: str
    policy: Policy
    waiting: Waiting
    refusal: Refusal
    """Spares pages what a call costs that is refused anyway. Whether one may be made the guards still decide."""

    crowded: Refusal
    """Why a call can wait for which there is something to show meanwhile."""

    repeating: Guard
    once: Guard
    alone: Guard
    """For a request that is broken on purpose: what it suffers is nobody else's."""

    standing: Callable[[], SourceStanding]
    """How the guards stand now."""

    introduction: Introduction = field(default_factory=Introduction)

    @classmethod
    def under(
        cls, source: type[Source], url: str, policy: Policy, tell: Listener, introduction: Introduction | None = None
    ) -> Self:
        """The guards' order, outermost first, is read here. Why it is this one: docs/resilience.md."""
        name = source.name
        backpressure = Backpressure()
        breaker = Breaker(policy.breaker, bound=policy.attempt_bound, source=name, tell=tell)
        waiting = Waiting(policy.waiting, patience=policy.deadline, source=name, tell=tell)

        def refusal() -> SourceError | None:
            return backpressure.refusal() or breaker.refusal()

        hedge = Hedge(policy.hedge, source=name, tell=tell) if policy.hedge.enabled else None
        retry = Retry(policy.retry, source=name, tell=tell, refusal=refusal)
        timeout = AttemptTimeout(policy.attempt_timeout)
        bulkhead = Bulkhead(policy.bulkhead, source=name, tell=tell)
        attempt = Pipeline(backpressure, breaker, bulkhead, timeout)

        def standing() -> SourceStanding:
            return SourceStanding(
                source=name,
                enabled=policy.enabled,
                breaker=breaker.state,
                waited_for=waiting.waits,
                slots_taken=bulkhead.taken,
                slots=bulkhead.limit,
                slots_waiting=bulkhead.waiting,
                retry_budget=retry.budget_left,
                hedge_budget=None if hedge is None else hedge.budget_left,
            )

        return cls(
            source=source(),
            url=url,
            policy=policy,
            waiting=waiting,
            refusal=refusal,
            crowded=bulkhead.crowded,
            repeating=Pipeline(waiting, hedge or retry, attempt),
            once=Pipeline(waiting, attempt),
            alone=timeout,
            standing=standing,
            introduction=introduction or Introduction(),
        )

    def guard(self, call: Call[object, object]) -> Guard:
        """Only what may be repeated is."""
        return self.repeating if call.idempotent else self.once
