"""Shared texts in Redis or Valkey."""

from hashlib import sha256
from typing import Any, Final, Self

from bff.cache.redis.faults import server_at_fault
from bff.cache.redis.kinds import servers_at
from bff.cache.redis.servers import Command, Servers
from bff.cache.redis.urls import RedisUrl

PREFIX: Final = "bff:document:"
"""Outside of what is tracked: nobody has to hear of them, since a text never changes."""

KEEPS: Final = 30 * 24 * 3600
"""Seconds since it was last asked for."""


class RedisTexts:
    """Each under its hash. What does not have that hash, whoever put it there, is not there."""

    def __init__(self, servers: Servers) -> None:
        self._servers = servers

    @classmethod
    def at(cls, url: str) -> Self:
        """Raises `ValueError` where it can not be used."""
        return cls(servers_at(RedisUrl.parse(url)))

    async def get(self, name: str) -> str | None:
        """As `SharedTexts.get` says."""
        found = await self._ask(name, "GETEX", PREFIX + name, "EX", KEEPS)
        if not isinstance(found, bytes) or sha256(found).hexdigest() != name:
            return None
        return found.decode(errors="surrogatepass")

    async def put(self, name: str, text: str) -> None:
        """As `SharedTexts.put` says."""
        await self._ask(name, "SET", PREFIX + name, text.encode(errors="surrogatepass"), "EX", KEEPS)

    def at_fault(self, error: BaseException) -> bool:
        """As `SharedTexts.at_fault` says."""
        return server_at_fault(error)

    async def close(self) -> None:
        """As `SharedTexts.close` says."""
        await self._servers.close()

    async def _ask(self, name: str, *words: str | bytes | int) -> Any:
        [reply] = await self._servers.ask([Command(PREFIX + name, words)])
        if isinstance(reply, Exception):
            raise reply
        return reply
