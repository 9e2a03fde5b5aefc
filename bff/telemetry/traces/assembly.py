"""From pages to spans, calls below the section that waited for them; calls that outlive their page follow."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.trace import SpanContext

from bff.page_timeline import PageTimeline
from bff.telemetry.traces.call_spans import CallSpans
from bff.telemetry.traces.making import Epoch, context, new_context
from bff.telemetry.traces.page_spans import PageSpans, awaited_calls, epoch_of
from bff.timeline import clock
from bff.timeline.call import CallTimeline

MOST_UNDER_WAY: Final = 1_000
"""Calls that outlive their pages."""

LONGEST: Final = 120.0
"""Seconds after which a call is not waited for any more, beyond what any may take."""


@dataclass(frozen=True, slots=True)
class _UnderWay:
    call: CallTimeline
    parent: SpanContext
    epoch: Epoch


class Assembly:
    """Of one thread."""

    def __init__(self, pages: PageSpans, calls: CallSpans) -> None:
        self._pages = pages
        self._calls = calls
        self._under_way: list[_UnderWay] = []

    def page(self, page: PageTimeline) -> Iterator[ReadableSpan]:
        """Its spans, and those of its calls that have ended."""
        root, epoch = context(page.trace, page.trace.span_id), epoch_of(page)
        records = list(page.report.sections)
        sections = [new_context(page.trace) for _ in records]
        yield from self._pages.of(page, root, sections)
        parents: dict[int, SpanContext] = {}
        for record, own in zip(records, sections, strict=True):
            for call in awaited_calls(record):
                parents.setdefault(id(call), own)
        for call in list(page.calls):
            parent = parents.get(id(call), root)
            if call.ended_at is not None:
                yield from self._calls.of(call, parent, epoch)
            elif len(self._under_way) < MOST_UNDER_WAY:
                self._under_way.append(_UnderWay(call, parent, epoch))

    def ended_since(self) -> Iterator[ReadableSpan]:
        """Of calls that were under way when their pages ended."""
        waiting, self._under_way = self._under_way, []
        oldest = clock.now() - LONGEST
        for one in waiting:
            if one.call.ended_at is not None:
                yield from self._calls.of(one.call, one.parent, one.epoch)
            elif one.call.started_at > oldest:
                self._under_way.append(one)
