"""A cached value with its dates, as bytes and back. Nothing is ever unpickled."""

from dataclasses import dataclass
from functools import cache
from typing import Any, Generic, TypeVar

import msgspec

from bff.decode import UNREADABLE

V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Entry(Generic[V]):
    """A value, when it was fetched (seconds since the epoch) and for how many seconds it is fresh."""

    fetched_at: float
    fresh_for: float
    value: V

    def age(self, now: float) -> float:
        """Seconds since it was fetched. One from the future, by a clock that is ahead, is as old as it is early."""
        return abs(now - self.fetched_at)

    def is_fresh(self, now: float) -> bool:
        """Whether it may be served without asking the upstream."""
        return self.age(now) < self.fresh_for


def pack(entry: Entry[Any]) -> bytes:
    """The entry as MessagePack."""
    return msgspec.msgpack.encode((entry.fetched_at, entry.fresh_for, entry.value))


def unpack(packed: bytes | None, shape: Any) -> Entry[Any] | None:
    """The entry, its value checked against `shape`; None where there is none, or none that can be trusted."""
    if packed is None:
        return None
    try:
        fetched_at, fresh_for, value = _decoder(shape).decode(packed)
    except UNREADABLE:
        return None
    return Entry(fetched_at, fresh_for, value)


@cache  # one decoder for each declared type, of which a program has a fixed number
def _decoder(shape: Any) -> msgspec.msgpack.Decoder[tuple[float, float, Any]]:
    return msgspec.msgpack.Decoder(tuple[float, float, shape])
