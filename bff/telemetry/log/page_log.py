"""One line a page."""

import logging
import time
from collections.abc import Callable, Iterator
from typing import Final

from bff.events import Event, PageFinished
from bff.page_timeline import PageTimeline, Verdict
from bff.report import Report
from bff.telemetry.log.plain import cut
from bff.telemetry.log.repeats import Repeats
from bff.telemetry.log.sampling import is_kept

logger = logging.getLogger("bff.page")

SLOW: Final = 1.0
"""Seconds. A page that takes longer has a line, healthy or not."""

MOST_OF_A_NAME: Final = 100

LEVELS: Final = {
    Verdict.WHOLE: logging.INFO,
    Verdict.DEGRADED: logging.WARNING,
    Verdict.CORE_MISSING: logging.WARNING,
    Verdict.REFUSED: logging.INFO,
    Verdict.CRASHED: logging.ERROR,
    Verdict.GONE: logging.DEBUG,
}


class PageLog:
    """A listener. Of healthy pages it keeps a share, by their trace, and says which; of refused ones one for each
    code, then a count for ten seconds, so that whoever is refused cannot fill a disk. Of all others every one.
    """

    hears: Final = frozenset({PageFinished})

    def __init__(self, *, healthy: float, slow: float = SLOW, clock: Callable[[], float] = time.monotonic) -> None:
        self._healthy = healthy
        self._slow = slow
        self._repeats = Repeats(clock)

    def __call__(self, event: Event) -> None:
        """Say how a page went, if it is one and worth a line."""
        if type(event) is not PageFinished:
            return
        page = event.page
        verdict = page.verdict or Verdict.CRASHED
        level = logging.WARNING if _is_shed(page) else LEVELS[verdict]
        if not logger.isEnabledFor(level):
            return
        seconds = _seconds(page)
        if verdict is Verdict.REFUSED:
            self._say_refused(level, page, seconds)
        elif verdict is not Verdict.WHOLE or seconds >= self._slow:
            _say(level, page, seconds, "", {})
        elif is_kept(page.trace.trace_id, self._healthy):
            _say(level, page, seconds, "", {"sampled": self._healthy} if self._healthy < 1 else {})

    def _say_refused(self, level: int, page: PageTimeline, seconds: float) -> None:
        code = page.code or str(page.status)
        more = self._repeats.due(code)
        if more is not None:
            _say(level, page, seconds, f": {code}{more}", {"again": more.again} if more.again else {})


def _say(level: int, page: PageTimeline, seconds: float, more: str, fields: dict[str, object]) -> None:
    verdict = page.verdict or Verdict.CRASHED
    about = f"page {verdict.replace('_', ' ')} in {seconds * 1000:.0f} ms{more}"
    logger.log(level, about, extra=_fields(page, verdict, seconds) | fields)


def _fields(page: PageTimeline, verdict: Verdict, seconds: float) -> dict[str, object]:
    every = {
        "verdict": verdict.value,
        "status": page.status,
        "code": page.code,
        "seconds": round(seconds, 4),
        "operation": None if page.operation is None else cut(page.operation, MOST_OF_A_NAME),
        "client": None if page.client is None else cut(page.client, MOST_OF_A_NAME),
        "request_id": page.request_id,
        "trace_id": page.trace.trace_id,
        "degraded": list(dict.fromkeys(_worse(page.report))),
        "calls": sum(1 for call in page.calls if call.attempts),
        "bytes_out": page.bytes_out,
    }
    return {name: value for name, value in every.items() if value is not None and value != []}


def _seconds(page: PageTimeline) -> float:
    return page.ended_at - page.started_at if page.ended_at is not None else 0.0


def _is_shed(page: PageTimeline) -> bool:
    """Refused for our own sake, not the client's."""
    return page.verdict is Verdict.REFUSED and page.status is not None and page.status >= 500


def _worse(report: Report) -> Iterator[str]:
    """`recommendations TIMED_OUT DEADLINE_EXCEEDED`."""
    for where, state, code in report.worse():
        yield " ".join(filter(None, (cut(where, MOST_OF_A_NAME), state.value, code)))
