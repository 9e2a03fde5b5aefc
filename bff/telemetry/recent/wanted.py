"""Whether a page is one that was asked for, told by its timeline alone: drawing it costs more."""

from bff.page_timeline import PageTimeline, Verdict
from bff.telemetry.waterfall.summary import Wanted


def fits(page: PageTimeline, wanted: Wanted) -> bool:
    """All that is not None has to fit."""
    return (
        (wanted.kind != "degraded" or page.verdict is not Verdict.WHOLE)
        and (wanted.operation is None or page.operation == wanted.operation)
        and (wanted.source is None or _asked(page, wanted.source))
        and (wanted.status is None or _has(page, wanted.status.casefold()))
    )


def _asked(page: PageTimeline, source: str) -> bool:
    return any(
        section.source == source or any(load.source == source for load in list(section.loads))
        for section in list(page.report.sections)
    )


def _has(page: PageTimeline, status: str) -> bool:
    """An HTTP status, a verdict, a state or a code."""
    told = {str(page.status), page.verdict, page.code}
    for section in list(page.report.sections):
        told |= {section.state, section.code}
    return any(each is not None and each.casefold() == status for each in told)
