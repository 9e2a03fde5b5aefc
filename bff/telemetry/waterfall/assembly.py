"""From a request's timeline to its waterfall: what it was busy with, what it waited for, and what it would have been
without each source.
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Final

from bff.page_timeline import PagePhase, PageTimeline
from bff.telemetry.waterfall.model import Phase, Step, Waterfall, Without
from bff.telemetry.waterfall.of_calls import call_bars
from bff.telemetry.waterfall.of_sections import Section, last_to_first
from bff.telemetry.waterfall.pieces import Piece, clipped, joined
from bff.telemetry.waterfall.summary import Summary
from bff.timeline.call import CallTimeline

PHASES: Final = {
    PagePhase.VIEWER: Phase.VIEWER,
    PagePhase.BODY: Phase.BODY_IN,
    PagePhase.DOCUMENT: Phase.DOCUMENT,
    PagePhase.EXECUTE: Phase.RESOLVE,
    PagePhase.SERIALISE: Phase.SERIALISE,
}


def assemble(page: PageTimeline, now: float) -> Waterfall:
    """The waterfall as it is at `now`: what is under way lasts until then."""
    zero = page.started_at
    sections = [Section(record, now) for record in page.report.sections]
    calls = _calls(page)
    indices = {id(call): index for index, call in enumerate(calls)}
    own = _own(page, now)
    return Waterfall(
        request_id=page.request_id,
        trace_id=page.trace.trace_id,
        operation=page.operation,
        client=page.client,
        started=page.started,
        seconds=None if page.ended_at is None else page.ended_at - zero,
        status=page.status,
        verdict=page.verdict,
        code=page.code,
        bytes_out=page.bytes_out,
        bars=tuple(piece.bar(zero) for piece in own),
        sections=tuple(section.bars(page, indices) for section in sections),
        calls=tuple(call_bars(call, zero, now, page.request_id) for call in calls),
        critical=tuple(_critical(own, sections, zero)),
        without=_without(page, own, sections, now),
        gateway=page.gateway,
    )


def summarise(page: PageTimeline, now: float) -> Summary:
    """What a list shows of it."""
    zero = page.started_at
    critical = _critical(_own(page, now), [Section(record, now) for record in page.report.sections], zero)
    longest = max(critical, key=lambda step: step.end - step.start, default=None)
    return Summary(
        request_id=page.request_id,
        trace_id=page.trace.trace_id,
        operation=page.operation,
        client=page.client,
        started=page.started,
        seconds=None if page.ended_at is None else page.ended_at - zero,
        status=page.status,
        verdict=page.verdict,
        code=page.code,
        sources=_sources(page),
        degraded=tuple(f"{where} {state} {code}" for where, state, code in page.report.worse() if code is not None),
        slowest=None if longest is None else f"{longest.source or longest.what}: {longest.phase}",
    )


def _own(page: PageTimeline, now: float) -> list[Piece]:
    """The page's own phases."""
    end = now if page.ended_at is None else page.ended_at
    marks = [*page.marks, (None, end)]
    return joined(
        [Piece(PHASES[phase], began, ended) for (phase, began), (_, ended) in pairwise(marks) if phase is not None]
    )


def _calls(page: PageTimeline) -> list[CallTimeline]:
    """Those made for it, then those it joined."""
    waited = [load.waited_for for section in page.report.sections for load in section.loads if load.waited_for]
    return list({id(call): call for call in [*page.calls, *waited]}.values())


def _critical(own: Iterable[Piece], sections: Sequence[Section], zero: float) -> list[Step]:
    steps: list[Step] = []
    for piece in own:
        if piece.phase is not Phase.RESOLVE:
            steps.append(Step("page", None, piece.phase, piece.start - zero, piece.end - zero))
            continue
        for section, start, end in last_to_first(sections, piece.start, piece.end):
            if section is None:
                steps.append(Step("page", None, Phase.RESOLVE, start - zero, end - zero))
            else:
                steps += [_step(section, each, zero) for each in clipped(section.pieces, start, end)]
    return steps


def _step(section: Section, piece: Piece, zero: float) -> Step:
    return Step(section.record.name, piece.source, piece.phase, piece.start - zero, piece.end - zero)


def _without(page: PageTimeline, own: Sequence[Piece], sections: Sequence[Section], now: float) -> tuple[Without, ...]:
    """The others begin as they did, and end when they did but for what they waited for that source; the page's own work
    stays as it is.
    """
    execute = next((piece for piece in own if piece.phase is Phase.RESOLVE), None)
    if execute is None:
        return ()
    end = now if page.ended_at is None else page.ended_at
    last = max([section.end for section in sections], default=execute.start)
    found = []
    for source in _sources(page):
        sooner = max([execute.start, *(section.end_without(source) for section in sections)])
        found.append(Without(source, end - page.started_at - max(0.0, last - sooner)))
    return tuple(sorted(found, key=lambda one: one.seconds))


def _sources(page: PageTimeline) -> tuple[str, ...]:
    loaded = [load.source for section in page.report.sections for load in section.loads]
    return tuple(dict.fromkeys([*(section.source for section in page.report.sections), *loaded]))
