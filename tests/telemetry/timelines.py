"""Timelines as they are left behind by requests, made by hand. Times count from a request's start, in seconds."""

import asyncio
from collections.abc import Sequence

from bff.errors import SectionState
from bff.page_timeline import PagePhase, PageTimeline, Verdict
from bff.report import Report, SectionRecord
from bff.timeline.call import Attempt, CallTimeline
from bff.timeline.exchange import Exchange
from bff.timeline.load import LoadTimeline
from bff.timeline.trace import TraceContext

EPOCH = 1_790_000_000.0
"""When requests start, by the wall clock."""

AT = 1_000.0
"""When they start by the clock of timelines."""

TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736"
SPAN_ID = "00f067aa0ba902b7"
PARENT_ID = "53995c3f42cd8ad8"


def a_trace(
    trace_id: str = TRACE_ID, span_id: str = SPAN_ID, parent_id: str | None = PARENT_ID, *, sampled: bool = True
) -> TraceContext:
    return TraceContext(trace_id, span_id, parent_id, sampled, ours=True)


def a_page(
    *,
    verdict: Verdict = Verdict.WHOLE,
    seconds: float = 0.3,
    status: int = 200,
    code: str | None = None,
    request_id: str = "req-1",
    trace: TraceContext | None = None,
    operation: str | None = "Landing",
    client: str | None = "web",
    sections: Sequence[SectionRecord] = (),
    calls: Sequence[CallTimeline] = (),
    bytes_out: int = 2_048,
    at: float = AT,
) -> PageTimeline:
    """A request that has ended."""
    return PageTimeline(
        request_id=request_id,
        trace=trace or a_trace(),
        started=EPOCH,
        started_at=at,
        client=client,
        report=Report(list(sections)),
        calls=list(calls),
        marks=[(PagePhase.VIEWER, at), (PagePhase.EXECUTE, at + 0.001)],
        operation=operation,
        ended_at=at + seconds,
        status=status,
        verdict=verdict,
        code=code,
        bytes_out=bytes_out,
    )


def a_section(
    name: str = "recommendations",
    *,
    state: SectionState = SectionState.LIVE,
    code: str | None = None,
    core: bool = False,
    loads: Sequence[LoadTimeline] = (),
    start: float = 0.002,
    seconds: float = 0.2,
    settled: bool = True,
    fetched_at: float | None = None,
    at: float = AT,
) -> SectionRecord:
    """Of the source of the same name."""
    record = SectionRecord(name, name, core, ("landingPage", name), at + start, _future(), state, code, fetched_at)
    record.loads.extend(loads)
    if settled:
        record.seconds = seconds
        record.settled.set_result(None)
    return record


def a_load(
    call: CallTimeline | None = None,
    *,
    source: str = "recommendations",
    name: str = "next_actions",
    field: str | None = None,
    count: int = 1,
    at: float = AT,
) -> LoadTimeline:
    """Looked up in a millisecond; of that call, if there is one."""
    return LoadTimeline(
        call.source if call else source,
        call.call if call else name,
        field,
        at + 0.002,
        at + 0.003,
        at + 0.2,
        count,
        call,
    )


def a_call(
    *,
    source: str = "recommendations",
    name: str = "next_actions",
    request_id: str = "req-1",
    trace: TraceContext | None = None,
    attempts: Sequence[Attempt] = (),
    start: float = 0.003,
    end: float | None = 0.2,
    code: str | None = None,
    reason: str | None = None,
    at: float = AT,
) -> CallTimeline:
    """Asked a millisecond after its start; under way where `end` is None."""
    return CallTimeline(
        source=source,
        call=name,
        keys=1,
        request_id=request_id,
        trace=trace or a_trace(),
        started_at=at + start,
        asked_at=at + start + 0.001,
        attempts=list(attempts),
        ended_at=None if end is None else at + end,
        code=code,
        reason=reason,
    )


def an_attempt(
    span_id: str = "b7ad6b7169203331",
    *,
    start: float = 0.004,
    end: float | None = 0.2,
    code: str | None = None,
    status: int | None = 200,
    first_byte: float | None = 0.1,
    body: float | None = 0.15,
    at: float = AT,
) -> Attempt:
    """With one exchange."""
    exchange = Exchange(
        sent_at=at + start,
        bytes_out=200,
        first_byte_at=None if first_byte is None else at + first_byte,
        body_at=None if body is None else at + body,
        status=status,
        bytes_in=0 if body is None else 1_000,
    )
    return Attempt(at + start, span_id, [exchange], None if end is None else at + end, code)


def _future() -> "asyncio.Future[None]":
    """Of no loop that runs: whoever builds timelines by hand need not be in one."""
    loop = asyncio.new_event_loop()
    loop.close()
    return loop.create_future()
