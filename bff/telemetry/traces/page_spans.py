"""The spans of one page but for its calls: the request's, one for each section, one for each look into the cache."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final

from opentelemetry.sdk.trace import Event, ReadableSpan
from opentelemetry.trace import Link, SpanContext, SpanKind, Status

from bff.page_timeline import PageTimeline, Verdict
from bff.report import FAULTS, SectionRecord
from bff.telemetry.log.plain import cut, plain
from bff.telemetry.traces.making import UNSET, Attribute, Epoch, Making, context, context_of, failed, new_context
from bff.timeline.call import CallTimeline
from bff.timeline.load import LoadTimeline

MOST_OF_A_NAME: Final = 100

FAILURES: Final = frozenset({Verdict.CORE_MISSING, Verdict.CRASHED})


@dataclass(frozen=True, slots=True)
class PageSpans:
    """`operations` are those whose names may name spans: others are clients' own."""

    making: Making
    operations: Collection[str]

    def of(self, page: PageTimeline, root: SpanContext, sections: list[SpanContext]) -> Iterator[ReadableSpan]:
        """Of a page that has ended. `sections` are the spans of its sections, in the report's order."""
        epoch = epoch_of(page)
        yield self._request(page, root, epoch)
        for record, own in zip(page.report.sections, sections, strict=False):
            yield self._section(page, record, own, root, epoch)
            for load in record.loads:
                yield self._look(page, load, own, epoch)

    def _request(self, page: PageTimeline, root: SpanContext, epoch: Epoch) -> ReadableSpan:
        parent = page.trace.parent_id
        attributes: dict[str, Attribute] = {
            "http.request.method": "POST",
            "http.route": "/graphql",
            "http.response.status_code": page.status,
            "graphql.operation.type": None if page.operation is None else "query",
            "graphql.operation.name": _named(page.operation),
            "error.type": page.code if page.verdict in FAILURES else None,
            "bff.request_id": page.request_id,
            "bff.client": _named(page.client),
            "bff.verdict": page.verdict,
            "bff.code": page.code,
        }
        return self.making.span(
            f"query {page.operation}" if page.operation in self.operations else "POST /graphql",
            root,
            None if parent is None else context(page.trace, parent, remote=True),
            epoch.at(page.started_at),
            epoch.at(_end(page)),
            attributes,
            kind=SpanKind.SERVER,
            events=[Event(phase.value, None, epoch.at(moment)) for phase, moment in page.marks],
            status=_status(page),
        )

    def _section(
        self, page: PageTimeline, record: SectionRecord, own: SpanContext, root: SpanContext, epoch: Epoch
    ) -> ReadableSpan:
        settled = record.settled.done()
        ended_at = record.started_at + record.seconds if settled else _end(page)
        attributes: dict[str, Attribute] = {
            "bff.section": record.name,
            "bff.source": record.source,
            "bff.core": record.core,
            "bff.state": record.state if settled else None,
            "bff.code": record.code,
            "bff.age": _age(page, record),
        }
        return self.making.span(
            f"section {record.name}",
            own,
            root,
            epoch.at(record.started_at),
            epoch.at(ended_at),
            attributes,
            links=_joined(page, record),
            status=failed(record.code or record.state) if record.state in FAULTS else UNSET,
        )

    def _look(self, page: PageTimeline, load: LoadTimeline, parent: SpanContext, epoch: Epoch) -> ReadableSpan:
        attributes: dict[str, Attribute] = {
            "bff.source": load.source,
            "bff.call": load.call,
            "bff.field": load.field,
            "bff.keys": load.count,
            "bff.waited": load.waited_for is not None,
        }
        return self.making.span(
            f"cache {load.source}.{load.call}",
            new_context(page.trace),
            parent,
            epoch.at(load.asked_at),
            epoch.at(load.looked_up_at),
            attributes,
        )


def epoch_of(page: PageTimeline) -> Epoch:
    """By both of its clocks."""
    return Epoch.of(page.started, page.started_at)


def awaited_calls(record: SectionRecord) -> Iterator[CallTimeline]:
    """The calls that a section waited for."""
    return (load.waited_for for load in record.loads if load.waited_for is not None)


def _joined(page: PageTimeline, record: SectionRecord) -> list[Link]:
    """Another request's calls that it waited for."""
    calls = [call for call in awaited_calls(record) if call.request_id != page.request_id]
    return [
        Link(context_of(call), {"bff.source": call.source, "bff.call": call.call, "bff.request_id": call.request_id})
        for call in calls
    ]


def _end(page: PageTimeline) -> float:
    return page.started_at if page.ended_at is None else page.ended_at


def _age(page: PageTimeline, record: SectionRecord) -> float | None:
    """Seconds that its data was old when the page ended."""
    if record.fetched_at is None:
        return None
    return round(max(0.0, page.started + _end(page) - page.started_at - record.fetched_at), 3)


def _named(by_a_client: str | None) -> str | None:
    return None if by_a_client is None else plain(cut(by_a_client, MOST_OF_A_NAME))


def _status(page: PageTimeline) -> Status:
    if page.verdict in FAILURES or (page.status is not None and page.status >= 500):
        return failed(page.code or page.verdict)
    return UNSET
