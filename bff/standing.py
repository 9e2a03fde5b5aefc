"""How things stand at this moment: read when somebody looks, where events tell what changed."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SourceStanding:
    """One source's guards. Budgets are what they would still allow now."""

    source: str
    enabled: bool
    breaker: str
    """`closed`, `open` or `half-open`."""

    waited_for: bool
    """Whether pages wait for it."""

    slots_taken: int
    slots: int
    slots_waiting: int
    retry_budget: int
    hedge_budget: int | None
    """None where it does not hedge."""


@dataclass(frozen=True, slots=True)
class CacheStanding:
    """Both tiers. `reachable` and `heard` are None where there is no cache server."""

    near_bytes: int
    near_most_bytes: int
    near_values: int
    calls_under_way: int
    reachable: bool | None
    heard: bool | None


@dataclass(frozen=True, slots=True)
class Standing:
    """One process."""

    sources: tuple[SourceStanding, ...]
    cache: CacheStanding
    pages_in_flight: int
    connections: int
    """Of clients, that are open."""

    connections_made: int = 0
    """Of clients, in all."""

    ready: bool = True
    """Whether it wants to be sent requests."""
