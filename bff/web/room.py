"""How many pages are made at once: as few as keep this process busy, as many as wait for others."""

from typing import Final

BUSY: Final = 0.95
"""The share of a processor at which there is nothing left."""

LATE: Final = 0.010
"""Seconds by which the event loop turns late where it has more to do than it can, whoever else has the processor."""

CALM_BUSY: Final = 0.85
CALM_LATE: Final = 0.005

WEIGHT: Final = 0.2
"""Of the last look, against those before it."""

MOST_LATE: Final = 0.050
"""A turn counts for no more: one long pause is no load."""

EVERY: Final = 0.02
"""Seconds between two looks. Fifty a second cost less than a thousandth of a processor."""

USUAL: Final = 100
"""To begin with, and again when it is quiet: a burst finds this much room."""

FEWEST: Final = 24

STEP: Final = 0.05

SLACK: Final = 1.5
"""Times as many pages as wait for upstreams on average may do so at once."""

SLOWLY: Final = 0.02
"""What a look weighs where pages of half a second are averaged: about a second."""


class Room:
    """Where the loop has no rest, pages compete for one processor: fewer at once make as many a second, each sooner.
    Where it has, they wait for upstreams, and more at once cost nothing but memory: up to `most`.

    Those that wait for upstreams need no processor, so they are room that is never taken away: by Little's law there
    are, on average, as many of them as all pages of a second waited for seconds.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self._usual = float(min(most, USUAL))
        self._fewest = float(min(most, FEWEST))
        self._size = self._usual
        self._late = 0.0
        self._busy = 0.0
        self._waited = 0.0
        self._waiting = self._usual

    @property
    def size(self) -> int:
        """Just now."""
        return max(1, int(self._size))

    def waited(self, seconds: float) -> None:
        """A page is over that waited so long for upstreams."""
        self._waited += seconds

    def looked(self, late: float, busy: float, in_flight: int) -> None:
        """A timer of the loop came so late, and since the last one its thread was busy for such a share of the time,
        while so many pages were being made.
        """
        self._waiting += SLOWLY * (self._waited / (EVERY + late) - self._waiting)
        self._waited = 0.0
        self._late += WEIGHT * (min(late, MOST_LATE) - self._late)
        self._busy += WEIGHT * (busy - self._busy)
        if self._busy > BUSY or self._late > LATE:
            fewest = min(float(self.most), self._fewest + SLACK * self._waiting)
            self._size = max(fewest, self._size * (1 - STEP))
        elif self._busy < CALM_BUSY and self._late < CALM_LATE:
            self._grow(in_flight)

    def _grow(self, in_flight: int) -> None:
        if self._size < self._usual:
            self._size = min(self._usual, self._size * (1 + STEP))
        elif in_flight >= self._size * (1 - STEP):
            self._size = min(self.most, self._size * (1 + STEP))
        else:
            self._size = max(self._usual, self._size * (1 - STEP))
