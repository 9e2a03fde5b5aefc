"""What is kept of one page: all of it, unless its client asked for more than anybody's page has."""

from dataclasses import replace
from heapq import nlargest
from typing import Final

from bff.page_timeline import PageTimeline
from bff.report import Report, SectionRecord

MOST_SECTIONS: Final = 40
MOST_CALLS: Final = 100
MOST_CHARACTERS: Final = 100
"""Of the names a client gives."""


def kept(page: PageTimeline) -> PageTimeline:
    """Bounded: of too many sections, those that ended last, since it was them that the page waited for."""
    sections, names = page.report.sections, (page.client or "", page.operation or "")
    if len(sections) <= MOST_SECTIONS and len(page.calls) <= MOST_CALLS and len(max(names, key=len)) <= MOST_CHARACTERS:
        return page
    last = {id(section) for section in nlargest(MOST_SECTIONS, sections, key=_end)}
    return replace(
        page,
        client=page.client and page.client[:MOST_CHARACTERS],
        operation=page.operation and page.operation[:MOST_CHARACTERS],
        report=Report([section for section in sections if id(section) in last]),
        calls=page.calls[:MOST_CALLS],
    )


def _end(section: SectionRecord) -> float:
    return section.started_at + section.seconds
