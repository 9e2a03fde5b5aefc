"""Where cached values lie. A port: in process, Redis or Valkey, or one of a team's own."""

from collections.abc import Mapping, Sequence
from typing import Protocol


class Store(Protocol):
    """Bytes by key, each with a time to live.

    Any exception is allowed: a read that fails is a miss, a write that fails is forgotten. Callers bound the time.
    """

    async def get_many(self, keys: Sequence[str]) -> list[bytes | None]:
        """One value or None for each key, in order, in one round trip."""

    async def set_many(self, values: Mapping[str, bytes], *, ttl: float) -> None:
        """Keep each value for `ttl` seconds."""

    async def close(self) -> None:
        """Let go of connections."""
