"""Bounded collections of pages: added to on the event loop, copied in one step by whoever reads in another thread."""

from collections import deque
from collections.abc import Iterator
from heapq import heappush, heapreplace
from itertools import count
from typing import Final

from bff.page_timeline import PageTimeline

HOUR: Final = 3600.0
SLOT: Final = HOUR / 6


class Slowest:
    """The slowest of each ten minutes: those of the hour are among them, and none keeps later ones out for longer."""

    def __init__(self, most: int) -> None:
        """`most` of each slot."""
        self._most = most
        # The hour is spread over its six slots and the one that begins.
        self._slots: deque[list[tuple[float, int, PageTimeline]]] = deque(maxlen=int(HOUR / SLOT) + 1)
        self._until = float("-inf")
        self._number = count()

    def add(self, page: PageTimeline, seconds: float, now: float) -> None:
        """Kept while it is among the slowest of its slot."""
        if now >= self._until:
            self._slots.append([])
            self._until = now + SLOT
        slot = self._slots[-1]
        if len(slot) < self._most:
            heappush(slot, (seconds, next(self._number), page))
        elif seconds > slot[0][0]:
            heapreplace(slot, (seconds, next(self._number), page))

    def pages(self) -> Iterator[PageTimeline]:
        """In no order."""
        for slot in list(self._slots):
            for _, _, page in list(slot):
                yield page


class Spread:
    """The latest, and one of each minute before: they do not all lie in the last second when there are many."""

    def __init__(self, most: int) -> None:
        """`most` of the latest."""
        self._latest: deque[PageTimeline] = deque(maxlen=most)
        self._by_minute: deque[PageTimeline] = deque(maxlen=60)
        self._until = float("-inf")

    def add(self, page: PageTimeline, now: float) -> None:
        """The first one of a minute stays for an hour."""
        self._latest.append(page)
        if now >= self._until:
            self._by_minute.append(page)
            self._until = now + 60

    def pages(self) -> Iterator[PageTimeline]:
        """In no order; some twice."""
        yield from list(self._latest)
        yield from list(self._by_minute)
