"""How the values of one call are kept."""

import random
from dataclasses import dataclass
from typing import Any

from bff.cache.entry import Entry, pack, unpack
from bff.cache.outcome import Fetched


@dataclass(frozen=True, slots=True)
class Terms:
    """Times are in seconds; `shape` is what a value is decoded as."""

    source: str
    call: str
    shape: Any
    ttl: float
    ttl_jitter: float
    revalidate: float
    """For how long after its TTL a value is served at once, while its successor is fetched."""

    stale: float
    """For how long after its fetch a value may be served at all."""

    most: int
    """The most addresses one flight may ask for."""

    bound: float
    """How long a call may go on."""

    def packed(self, fetched: Fetched[Any]) -> bytes:
        """As it is kept. What was fetched together does not expire together."""
        spread = random.uniform(1 - self.ttl_jitter, 1 + self.ttl_jitter)  # noqa: S311 - spreads expiry, hides nothing
        return pack(Entry(fetched.at, self.ttl * spread, fetched.value))

    def unpacked(self, packed: bytes | None, now: float) -> Entry[Any] | None:
        """The entry, if it may be served in any case."""
        entry = unpack(packed, self.shape)
        return entry if entry is not None and self.left(entry, now) > 0 else None

    def left(self, entry: Entry[Any], now: float) -> float:
        """Seconds for which it may still be served."""
        return max(entry.fresh_for, self.stale) - entry.age(now)

    def served_meanwhile(self, entry: Entry[Any], now: float) -> bool:
        """Whether nobody need wait for its successor."""
        return entry.age(now) < entry.fresh_for + self.revalidate
