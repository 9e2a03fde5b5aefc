"""How long each upstream usually takes."""

from collections.abc import Callable, Mapping
from random import Random
from typing import Final

# Seconds. One after the other they make a page of 0.8 s; the longest chain, messages and then their
# senders, stays under 0.4 s, spread included.
USUAL: Final[Mapping[str, float]] = {
    "users": 0.050,
    "users by ids": 0.040,
    "messages": 0.330,
    "messages by ids": 0.040,
    "todos": 0.090,
    "todos by ids": 0.040,
    "notifications": 0.060,
    "recommendations": 0.100,
}
OTHERWISE: Final = 0.040
SPREAD: Final = 0.05


def latencies(seed: str, factor: float = 1.0) -> Callable[[str], float]:
    """Make `route -> seconds`: the usual time, times `factor`, give or take 5 % in a seeded order."""
    dice = Random(seed)  # noqa: S311 - no secret

    def seconds(route: str) -> float:
        return USUAL.get(route, OTHERWISE) * factor * dice.uniform(1 - SPREAD, 1 + SPREAD)

    return seconds
