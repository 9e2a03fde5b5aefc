"""The store in Redis or Valkey, by redis-py, with its defaults turned from patient to prompt."""

from collections.abc import Mapping, Sequence
from typing import Final

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

SOCKET_TIMEOUT: Final = 0.2
"""Seconds for connecting and for each read; redis-py's own 5 s, ten times over, is an outage."""

MAX_CONNECTIONS: Final = 64
POOL_WAIT: Final = 0.05


class RedisStore:
    """Bytes in, bytes out; a batch is one round trip.

    A command that is cancelled or cut off drops its connection: redis-py never hands on one that may hold half a reply.
    """

    def __init__(self, url: str) -> None:
        pool: BlockingConnectionPool = BlockingConnectionPool.from_url(
            url,
            max_connections=MAX_CONNECTIONS,
            timeout=POOL_WAIT,
            socket_timeout=SOCKET_TIMEOUT,
            socket_connect_timeout=SOCKET_TIMEOUT,
            retry=Retry(NoBackoff(), 0),
        )
        self._redis: Redis = Redis.from_pool(pool)

    async def get_many(self, keys: Sequence[str]) -> list[bytes | None]:
        """As `Store.get_many` says. Raises whatever redis-py, uvloop or a broken reply raise."""
        found = await self._redis.mget(keys)
        return [value if isinstance(value, bytes) else None for value in found]

    async def set_many(self, values: Mapping[str, bytes], *, ttl: float) -> None:
        """As `Store.set_many` says, in one round trip."""
        milliseconds = max(1, int(ttl * 1000))
        if len(values) == 1:  # most writes are; a pipeline for one command costs twice its CPU
            [(key, value)] = values.items()
            await self._redis.set(key, value, px=milliseconds)
            return
        async with self._redis.pipeline(transaction=False) as pipeline:
            for key, value in values.items():
                _ = pipeline.set(key, value, px=milliseconds)
            await pipeline.execute()

    async def close(self) -> None:
        """Drop every connection."""
        await self._redis.aclose()
