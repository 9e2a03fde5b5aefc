"""Whether a source is called at all."""

import asyncio
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final, TypeVar

from bff.errors import BreakerOpen, BulkheadFull, DeadlineExceeded, SourceError
from bff.events import BreakerMoved, Listener, WouldHaveRefused
from bff.resilience.checked import above_zero, shares
from bff.resilience.deadline import Deadline
from bff.resilience.guard import Attempt
from bff.resilience.mode import Mode
from bff.resilience.rolling_count import RollingCount

T = TypeVar("T")

WHOLE: Final = 0.9
"""A call that was given less than this share of the bound was cut short by us."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakerOptions:
    """As Hystrix had them, and with it most of the field."""

    calls: int = 20
    """Fewer calls within the window are too few to judge by."""

    share: float = 0.5
    """Of calls that failed, at which it opens."""

    window: float = 10.0
    """Seconds."""

    sleep: float = 5.0
    """Seconds between two probes while it is open."""

    mode: Mode = Mode.ENFORCE

    def __post_init__(self) -> None:
        above_zero("BreakerOptions", calls=self.calls, window=self.window, sleep=self.sleep)
        shares("BreakerOptions", share=self.share)


class _Role(Enum):
    """What a call is to the breaker that let it through."""

    COUNTED = auto()
    PROBE = auto()
    UNCOUNTED = auto()


class Breaker:
    """Closed, it counts calls; open, it refuses them but for one probe each `sleep` seconds.

    It counts as failures what is the upstream's fault, and calls that took the whole `bound` (the work bound, in
    seconds). A call that is merely later than a page waited is none: it fills the cache. A refusal further in, a bug, a
    call that was cancelled or cut short are neither failure nor success, and a probe that ends so is given back, unless
    a newer one has gone.

    A probe that hangs does not keep the next one waiting: the first to succeed, however late, closes the breaker. So a
    source that is back is called again within `sleep` seconds, whatever happened to the probe before. Calls that began
    before the breaker last moved are not counted: they tell of a time that is over.

    After M. Nygard, "Release It!", and Netflix's Hystrix.
    """

    def __init__(self, options: BreakerOptions, *, bound: float, source: str, tell: Listener) -> None:
        self._options = options
        self._bound = bound
        self._source = source
        self._tell = tell
        self._calls = RollingCount(options.window)
        self._failures = RollingCount(options.window)
        self._next_probe: float | None = None
        """Loop time; None while closed."""
        self._era = 0
        """Grows whenever it opens or closes."""

    async def __call__(self, attempt: Attempt[T], deadline: Deadline, /) -> T:
        """Run the attempt. Raises `BreakerOpen` where it is not let through."""
        era, role = self._era, self._admit()
        next_probe = self._next_probe
        cut_short = deadline.left() < WHOLE * self._bound
        failed: bool | None = None
        try:
            value = await attempt(deadline)
            failed = False
            return value
        except SourceError as error:
            failed = _failed(error, cut_short=cut_short)
            raise
        finally:
            if era == self._era:
                self._ended(role, failed, newest=next_probe == self._next_probe)

    @property
    def is_open(self) -> bool:
        """Whether it is open or half-open."""
        return self._next_probe is not None

    @property
    def state(self) -> str:
        """`closed`, `open`, or `half-open` where the next call would be a probe."""
        if self._next_probe is None:
            return "closed"
        return "open" if self._refusal() else "half-open"

    def refusal(self) -> BreakerOpen | None:
        """Why a call would not be let through now; None where it would. Changes nothing."""
        return self._refusal() if self._options.mode is Mode.ENFORCE else None

    def _refusal(self) -> BreakerOpen | None:
        if self._next_probe is None:
            return None
        left = self._next_probe - asyncio.get_running_loop().time()
        return BreakerOpen("recent calls failed too often", retry_after=left) if left > 0 else None

    def _admit(self) -> _Role:
        if self._next_probe is None:
            return _Role.COUNTED
        refusal = self._refusal()
        if refusal is None:
            self._next_probe = asyncio.get_running_loop().time() + self._options.sleep
            self._moved("half-open")
            return _Role.PROBE
        if self._options.mode is Mode.ENFORCE:
            raise refusal
        self._tell(WouldHaveRefused(self._source, "breaker"))
        return _Role.UNCOUNTED

    def _ended(self, role: _Role, failed: bool | None, *, newest: bool) -> None:
        match role, failed:
            case _Role.PROBE, None if newest:
                self._next_probe = asyncio.get_running_loop().time()
            case _Role.PROBE, False:
                self._move(None, "closed")
            case _Role.PROBE, True:
                self._moved("open")
            case _Role.COUNTED, bool():
                self._count(failed)

    def _count(self, failed: bool) -> None:
        self._calls.add()
        if not failed:
            return
        self._failures.add()
        calls = self._calls.total()
        if calls >= self._options.calls and self._failures.total() / calls >= self._options.share:
            self._move(asyncio.get_running_loop().time() + self._options.sleep, "open")

    def _move(self, next_probe: float | None, state: str) -> None:
        self._next_probe = next_probe
        self._era += 1
        self._calls.clear()
        self._failures.clear()
        self._moved(state)

    def _moved(self, state: str) -> None:
        self._tell(BreakerMoved(self._source, state, self._options.mode is Mode.ENFORCE))


def _failed(error: SourceError, *, cut_short: bool) -> bool | None:
    """Whether the upstream is to blame; None where nothing can be said of it."""
    if isinstance(error, BulkheadFull) or (isinstance(error, DeadlineExceeded) and cut_short):
        return None
    return error.upstream_at_fault
