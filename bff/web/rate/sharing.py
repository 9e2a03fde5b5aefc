"""Several processes count as one: each tells what it let through, and hears how much that is with all others."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from hashlib import blake2b, sha256
from typing import Final, Protocol

from bff.cache.background import Background
from bff.settings.edge import Rate
from bff.timeline import clock
from bff.web.rate.buckets import Bucket

logger = logging.getLogger("bff.web")

EVERY: Final = 0.15
"""Seconds between two tellings."""

PAUSE: Final = 2.0
"""Seconds until the cache server is asked again after it failed. Meanwhile each process counts for itself."""

WORTH_TELLING: Final = 0.01
"""Of a limit: whoever has used up less since the last time costs nobody a thought, and the cache server no memory."""

MOST_AT_ONCE: Final = 5_000
"""Buckets told of at once; others are when they are taken from again."""

ROOM: Final = 2.0
"""How high a shared level may be, in limits: whatever lies there, whoever stops asking may ask again in due time."""


class SharedLevels(Protocol):
    """Levels that all processes see. A port, with Redis or Valkey behind it. Bounds its own time, raises anything."""

    async def add(self, amounts: Mapping[str, float], *, drain: float, most: float) -> Sequence[float]:
        """Add to each, by name; what they are then, in order. They drain by `drain` a second, and stop at `most`."""

    async def close(self) -> None:
        """Let go of connections."""


class Sharing:
    """Of buckets of one kind. No page waits for it: a page counts in its own process, and what the others have let
    through is known there a moment later.
    """

    def __init__(
        self, kind: str, rate: Rate, shared: SharedLevels, background: Background, secret: str | None = None
    ) -> None:
        self._kind = kind
        self._drain = rate.count / rate.seconds
        self._most = ROOM * rate.count
        self._worth_telling = max(1.0, WORTH_TELLING * rate.count)
        self._shared = shared
        self._background = background
        self._key = sha256(secret.encode()).digest() if secret else b""
        self._taken: dict[str, Bucket] = {}
        self._running = False
        self._failing = False

    def taken(self, key: str, bucket: Bucket) -> None:
        """Tell of this bucket soon, if it is worth it."""
        if bucket.untold < self._worth_telling or len(self._taken) >= MOST_AT_ONCE:
            return
        self._taken[key] = bucket
        if not self._running:
            self._running = True
            self._background.start(self._until_all_is_told())

    async def _until_all_is_told(self) -> None:
        try:
            while self._taken:
                await asyncio.sleep(EVERY)
                taken, self._taken = self._taken, {}
                try:
                    await self._tell(taken)
                except Exception as error:
                    self._failed(error)
                    await asyncio.sleep(PAUSE)
                else:
                    self._worked()
        finally:
            self._running = False

    async def _tell(self, taken: Mapping[str, Bucket]) -> None:
        """What fails is not told again: it may have got there, and to count twice would refuse what is allowed."""
        amounts = {}
        for key, bucket in taken.items():
            bucket.drain(self._drain, clock.now())
            amounts[self._name(key)], bucket.untold = bucket.untold, 0.0
        levels = await self._shared.add(amounts, drain=self._drain, most=self._most)
        now = clock.now()
        for bucket, level in zip(taken.values(), levels, strict=True):
            bucket.drain(self._drain, now)
            bucket.learn(min(level, self._most))

    def _name(self, key: str) -> str:
        """Says nobody who it is; with a secret nobody can find it out by trying either."""
        text = key.encode("utf-8", "surrogatepass")
        digest = blake2b(text, digest_size=16, key=self._key, person=b"bff rate").hexdigest()
        return f"{self._kind}:{{{digest}}}"

    def _failed(self, error: Exception) -> None:
        if not self._failing:
            self._failing = True
            logger.warning(
                "each process counts requests for itself: the cache server failed (%s)", type(error).__name__
            )

    def _worked(self) -> None:
        if self._failing:
            self._failing = False
            logger.info("all processes count requests together again")
