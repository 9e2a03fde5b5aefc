"""The requests that are kept: the latest, the slowest of the hour, and those that were not whole."""

from collections import deque
from collections.abc import Callable, Iterator
from itertools import chain, islice
from typing import Final

from bff.events import Event, PageFinished
from bff.page_timeline import PageTimeline, Verdict
from bff.telemetry.recent.pools import HOUR, Slowest, Spread
from bff.telemetry.recent.record import kept
from bff.telemetry.recent.wanted import fits
from bff.telemetry.waterfall.model import Waterfall
from bff.telemetry.waterfall.summary import Summary, Wanted
from bff.timeline import clock

LATEST: Final = 200
SLOWEST: Final = 50
NOT_WHOLE: Final = {
    Verdict.DEGRADED: 100,
    Verdict.CORE_MISSING: 100,
    Verdict.CRASHED: 50,
    Verdict.GONE: 50,
    Verdict.REFUSED: 25,
}
"""Each for itself, so that a thousand requests without a token do not drive out the one that crashed."""


class Recent:
    """A listener on the event loop; what it has kept may be asked for from any thread.

    A page's calls may go on after it has ended: they are shown as they are when somebody looks.
    """

    hears: Final = frozenset({PageFinished})

    def __init__(
        self, assemble: Callable[[PageTimeline, float], Waterfall], summarise: Callable[[PageTimeline, float], Summary]
    ) -> None:
        """What draws a page, and what tells it in one line; both are given the present time."""
        self._assemble, self._summarise = assemble, summarise
        self._latest: deque[PageTimeline] = deque(maxlen=LATEST)
        self._slowest = Slowest(SLOWEST)
        self._not_whole = {verdict: Spread(most) for verdict, most in NOT_WHOLE.items()}

    def __call__(self, event: Event) -> None:
        """Keep a page that ended."""
        if not isinstance(event, PageFinished) or event.page.ended_at is None:
            return
        page, now = kept(event.page), event.page.ended_at
        self._latest.append(page)
        self._slowest.add(page, now - page.started_at, now)
        if page.verdict is not None and page.verdict is not Verdict.WHOLE:
            self._not_whole[page.verdict].add(page, now)

    def requests(self, wanted: Wanted) -> list[Summary]:
        """The newest first; the slowest first where those are wanted."""
        found = (page for page in self._sorted(slowest=wanted.kind == "slowest") if fits(page, wanted))
        now = clock.now()
        return [self._summarise(page, now) for page in islice(found, max(wanted.most, 0))]

    def request(self, known_as: str) -> Waterfall | None:
        """By its own id or its trace's; of several, which a client that tries again makes, the last."""
        for page in self._sorted(slowest=False):
            if known_as in (page.request_id, page.trace.trace_id):
                return self._assemble(page, clock.now())
        return None

    def _sorted(self, *, slowest: bool) -> list[PageTimeline]:
        since = clock.now() - HOUR
        pages = {id(page): page for page in self._all()}.values()
        return sorted(
            (page for page in pages if page.started_at >= since), key=_seconds if slowest else _began, reverse=True
        )

    def _all(self) -> Iterator[PageTimeline]:
        others = (pool.pages() for pool in self._not_whole.values())
        return chain(list(self._latest), self._slowest.pages(), *others)


def _began(page: PageTimeline) -> float:
    return page.started_at


def _seconds(page: PageTimeline) -> float:
    return 0.0 if page.ended_at is None else page.ended_at - page.started_at
