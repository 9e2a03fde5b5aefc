"""`Server-Timing`: names and totals, which browsers show beside a request."""

from collections.abc import Iterator
from itertools import pairwise

from bff.page_timeline import PageTimeline


def server_timing(page: PageTimeline, now: float) -> str:
    """The header's value: milliseconds of the page's phases, of each section with its rung, and in all."""
    return ", ".join(_entries(page, now))


def _entries(page: PageTimeline, now: float) -> Iterator[str]:
    ends = [*page.marks, (None, now)]
    for (phase, began), (_, ended) in pairwise(ends):
        yield f"{phase};dur={_milliseconds(ended - began)}"
    for section in page.report.sections:
        yield f'{section.name};dur={_milliseconds(section.seconds)};desc="{section.state}"'
    yield f"total;dur={_milliseconds(now - page.started_at)}"


def _milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:.1f}"
