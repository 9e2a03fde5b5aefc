"""What a page tells when it is over."""

from collections.abc import Collection
from itertools import pairwise

from bff.events import PageFinished
from bff.page_timeline import PagePhase, PageTimeline, Verdict
from bff.report import SectionRecord
from bff.telemetry.metrics import phases
from bff.telemetry.metrics.catalogue import calls, pages
from bff.telemetry.metrics.metric import NONE, OTHER
from bff.telemetry.metrics.snapshot import Exemplar
from bff.telemetry.metrics.tally import Tally
from bff.telemetry.waterfall.model import Phase
from bff.timeline import clock

PAGE = "page"
"""What stands for the page itself where sources have their names."""


class OfPages:
    """Counts pages, and what they say of their sections."""

    def __init__(self, tally: Tally, operations: Collection[str], clients: Collection[str]) -> None:
        self._operations = frozenset(operations)
        self._clients = frozenset(clients)
        self._requests = tally.counter(pages.REQUESTS)
        self._pages = tally.counter(pages.PAGES)
        self._seconds = tally.histogram(pages.PAGE_SECONDS)
        self._bytes = tally.counter(pages.PAGE_BYTES)
        self._sections = tally.counter(pages.SECTIONS)
        self._section_seconds = tally.histogram(pages.SECTION_SECONDS)
        self._calls = tally.histogram(pages.CALLS_PER_PAGE)
        self._phases = tally.histogram(calls.PHASE_SECONDS)

    def finished(self, event: PageFinished) -> None:
        """A request has its answer."""
        page = event.page
        self._requests.add(1, NONE if page.status is None else str(page.status), page.code or NONE)
        self._bytes.add(page.bytes_out)
        if _executed(page):
            self._page(page, _shown_at(page))

    def _page(self, page: PageTimeline, shown_at: float) -> None:
        verdict = page.verdict or NONE
        operation = told_apart(page.operation, self._operations)
        self._pages.add(1, verdict, operation, told_apart(page.client, self._clients))
        seconds = shown_at - page.started_at
        self._seconds.observe(seconds, verdict)
        at = page.started + seconds
        self._seconds.show(Exemplar(page.trace.trace_id, seconds, at, page.trace.sampled), verdict)
        for (phase, begun), (_, done) in pairwise((*page.marks, (PagePhase.SERIALISE, shown_at))):
            self._phases.observe(done - begun, PAGE, phase)
        for section in page.report.sections:
            self._section(section)
        self._calls.observe(sum(1 for call in page.calls if call.attempts))

    def _section(self, section: SectionRecord) -> None:
        self._sections.add(1, section.name, section.source, section.state, section.code or NONE)
        self._section_seconds.observe(section.seconds, section.name, section.source)
        for load in section.loads:
            if (seconds := phases.elsewhere(load)) > 0:
                self._phases.observe(seconds, load.source, Phase.ELSEWHERE)


def told_apart(name: str | None, names: Collection[str]) -> str:
    """A name that clients chose, if the settings know it."""
    if not name:
        return NONE
    return name if name in names else OTHER


def _shown_at(page: PageTimeline) -> float:
    """When the client had a page to show: one in frames has it with the first."""
    if page.begun_at is not None:
        return page.begun_at
    return clock.now() if page.ended_at is None else page.ended_at


def _executed(page: PageTimeline) -> bool:
    if page.verdict is Verdict.CRASHED:
        return True
    return page.verdict is not Verdict.REFUSED and any(phase is PagePhase.EXECUTE for phase, _ in page.marks)
