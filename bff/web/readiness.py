"""Whether this process wants to be sent requests."""

import time
from collections.abc import Callable
from typing import Final

WINDOW: Final = 10.0
"""Seconds over which the share of requests shed is taken."""

LEAST: Final = 20
"""Requests in the window below which a share says nothing."""

DWELL: Final = 5.0
"""Seconds that it stays as it is: load balancers need some to notice."""

SLOTS: Final = 10


class Readiness:
    """On, until the process is to end. Where `unready_at` is set, also off while too large a share is shed.

    It goes off above that share and on again below half of it: a fleet that goes unready together, or that flaps, is an
    outage of its own. `lead` is how many seconds before it stops to listen a process that ends says that it is not
    ready: whoever sends requests to it needs some to hear of it.
    """

    def __init__(
        self, unready_at: float | None = None, *, lead: float = 0.0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.lead = lead
        self._unready_at = unready_at
        self._clock = clock
        self._ending = False
        self._bears = True
        self._moved_at = float("-inf")
        self._slot = 0
        self._asked = [0] * SLOTS
        self._shed = [0] * SLOTS

    @property
    def ready(self) -> bool:
        """Just now."""
        if self._unready_at is not None:
            self._judge(self._unready_at)
        return self._bears and not self._ending

    def ends(self) -> None:
        """From now on it is off, for good."""
        self._ending = True

    def saw(self, *, shed: bool) -> None:
        """One request more."""
        if self._unready_at is None:
            return
        self._turn()
        place = self._slot % SLOTS
        self._asked[place] += 1
        self._shed[place] += shed

    def _judge(self, unready_at: float) -> None:
        self._turn()
        now = self._clock()
        if now - self._moved_at < DWELL:
            return
        asked = sum(self._asked)
        share = sum(self._shed) / asked if asked >= LEAST else 0.0
        bears = share <= unready_at if self._bears else share <= unready_at / 2
        if bears != self._bears:
            self._bears, self._moved_at = bears, now

    def _turn(self) -> None:
        """Forget what lies further back than the window."""
        slot = int(self._clock() / WINDOW * SLOTS)
        for passed in range(max(self._slot + 1, slot - SLOTS + 1), slot + 1):
            self._asked[passed % SLOTS] = self._shed[passed % SLOTS] = 0
        self._slot = max(self._slot, slot)
