"""How often each has asked lately, as a level that rises by one with each request and drains with time."""

from collections import OrderedDict
from collections.abc import Callable
from typing import Final

from bff.settings.edge import Rate
from bff.timeline import clock

MOST: Final = 20_000
"""Of one kind. The one that asked longest ago makes room: to be forgotten while asking at a limit of 100 a second,
20,000 others have to ask within 10 ms.
"""

HAIR: Final = 1e-6
"""Of a request: what floating point leaves over when a level has drained to the limit."""


class Bucket:
    """Of one who asks. `level` as of `at`; of it, `untold` is what only this process knows of."""

    __slots__ = ("at", "level", "untold")

    def __init__(self, at: float) -> None:
        self.at = at
        self.level = 0.0
        self.untold = 0.0

    def drain(self, rate: float, now: float) -> None:
        """Let time pass, at so much a second."""
        self.level = max(0.0, self.level - (now - self.at) * rate)
        self.untold = min(self.untold, self.level)
        self.at = now

    def learn(self, level: float) -> None:
        """What it is over all processes, without what is untold. A server that has forgotten lowers it for nobody."""
        self.level = max(self.level, level + self.untold)


class Buckets:
    """A leaky bucket as a meter, for each who asks; GCRA in other words.

    Of somebody who asks as fast as possible, in any span of `t` seconds at most `count + t * count / seconds` requests
    get through: all of the limit at once after a rest, then as many as drain, evenly. It knows no windows, at whose
    edges one could ask twice; one number is all it keeps; and levels of several processes add up.
    """

    def __init__(self, rate: Rate, on_taken: Callable[[str, Bucket], None] | None = None, *, most: int = MOST) -> None:
        self._count = rate.count
        self._drain = rate.count / rate.seconds
        self._most = most
        self._on_taken = on_taken
        self._buckets: OrderedDict[str, Bucket] = OrderedDict()

    def __len__(self) -> int:
        return len(self._buckets)

    def take(self, key: str) -> float:
        """Zero where one more request is within the limit, which is counted then; else the seconds until one is."""
        now = clock.now()
        bucket = self._buckets.get(key)
        if bucket is None:
            bucket = self._new(key, now)
        else:
            self._buckets.move_to_end(key)
            bucket.drain(self._drain, now)
        over = bucket.level + 1 - self._count
        if over > HAIR:
            return over / self._drain
        bucket.level += 1
        bucket.untold += 1
        if self._on_taken is not None:
            self._on_taken(key, bucket)
        return 0.0

    def _new(self, key: str, now: float) -> Bucket:
        if len(self._buckets) >= self._most:
            self._buckets.popitem(last=False)
        bucket = self._buckets[key] = Bucket(now)
        return bucket
