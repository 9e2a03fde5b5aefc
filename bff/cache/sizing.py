"""How much memory a shared cache needs, by what its values are found to weigh, and whether it has that much."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil
from typing import Final

KILO: Final = 1024


@dataclass(frozen=True, slots=True)
class Room:
    """What the servers have, in bytes: `most` is 0 where they grow until their machine is full."""

    used: int
    most: int
    policy: str
    """What goes when they are full, as `maxmemory-policy` names it."""


@dataclass(frozen=True, slots=True)
class Sample:
    """Some of our values, weighed by the server."""

    weighed: int
    each: float
    """Bytes of one value."""

    generation: float
    """Bytes kept for one user besides."""

    per_user: float
    """Values."""

    @property
    def user(self) -> float:
        """Bytes of one user."""
        return self.per_user * self.each + self.generation


@dataclass(frozen=True, slots=True)
class Surveyed:
    """What a look at the servers has shown; no sample where nothing of ours lies there."""

    room: Room
    sample: Sample | None


def needed(sample: Sample, users: int) -> int:
    """Bytes for so many users."""
    return ceil(users * sample.user)


def described(found: Surveyed, users: int | None) -> Iterator[str]:
    """Lines for people: what is there, what was measured, what it comes to."""
    room, sample = found.room, found.sample
    limit = f"{shown(room.most)} (maxmemory; {room.policy} when full)" if room.most else "no limit (maxmemory 0)"
    yield f"{shown(room.used)} used of {limit}."
    if sample is None:
        yield "None of our values lies there yet: serve some pages, then look again."
        return
    yield (
        f"{sample.weighed} values weighed: {shown(sample.each)} each, {sample.per_user:.1f} for each user, "
        f"and {shown(sample.generation)} besides: {shown(sample.user)} for a user."
    )
    if users is None:
        yield "BFF_CACHE_USERS is not set: with it, this says what so many users need."
    else:
        yield f"BFF_CACHE_USERS ({users}) need {shown(needed(sample, users))}."


def doubts(found: Surveyed, users: int | None) -> Iterator[str]:
    """A sentence for each, with what to do."""
    room = found.room
    need = needed(found.sample, users) if found.sample is not None and users is not None else None
    if room.most == 0:
        size = shown(need) if need is not None else "what it may take"
        yield (
            "The cache server has no maxmemory: it grows until its machine is full. "
            f"Set maxmemory to {size}, and maxmemory-policy to allkeys-lru."
        )
        return
    if need is not None and need > room.most:
        yield (
            f"BFF_CACHE_USERS ({users}) need {shown(need)}, and the cache server keeps {shown(room.most)} (maxmemory): "
            f"values are gone before they are old. Set maxmemory to {shown(need)}."
        )
    if room.policy == "noeviction":
        yield (
            "The cache server's maxmemory-policy is noeviction: "
            f"{'it is full, and' if room.used >= room.most else 'once it is full,'} nothing new is kept. "
            "Set allkeys-lru, or volatile-lru where it also keeps what has to stay."
        )


def shown(number: float) -> str:
    """Rounded up, in a unit that the servers' own settings know too."""
    unit = next((name for name, size in _UNITS.items() if number >= 10 * size), None)
    return f"{ceil(number / _UNITS[unit])}{unit}" if unit else f"{ceil(number)} bytes"


_UNITS: Final = {"gb": KILO**3, "mb": KILO**2, "kb": KILO}
