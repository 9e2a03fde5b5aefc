"""What a page becomes in a trace: over a real collector."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from bff.errors import SectionState
from bff.events import CallFinished, PageFinished
from bff.page_timeline import PageTimeline, Verdict
from bff.telemetry.traces.traces import Traces
from tests.telemetry.timelines import (
    AT,
    EPOCH,
    PARENT_ID,
    SPAN_ID,
    TRACE_ID,
    a_call,
    a_load,
    a_page,
    a_section,
    a_trace,
    an_attempt,
)
from tests.telemetry.traces.collector import Collector, collecting, until, values

Send = Callable[..., Collector]


def traces_at(url: str, **more: Any) -> Traces:
    return Traces(
        url,
        service="shop",
        version="1.2.3",
        addresses={"recommendations": "vendor.example"},
        operations=("Landing",),
        **more,
    )


@pytest.fixture
def send() -> Iterator[Send]:
    """Sends pages; returns once they are there."""
    with collecting() as (collector, url):

        def sent(*pages: PageTimeline) -> Collector:
            with traces_at(url) as traces:
                for page in pages:
                    traces(PageFinished(page))
            assert traces.dropped == 0
            return collector

        yield sent


def nanoseconds(at: float) -> int:
    """Since the epoch, of a time by the clock of timelines, counted from the request's start."""
    return round((EPOCH + at) * 1e9)


def close(one: int, other: int) -> bool:
    return abs(one - other) < 2_000


def test_the_request_is_a_server_span_with_the_ids_that_came_and_were_sent_on(send: Send) -> None:
    collector = send(a_page(verdict=Verdict.DEGRADED, seconds=0.3))
    span = collector.named("query Landing")
    assert span.trace_id.hex() == TRACE_ID
    assert span.span_id.hex() == SPAN_ID
    assert span.parent_span_id.hex() == PARENT_ID
    assert span.kind == Span.SPAN_KIND_SERVER
    assert close(span.start_time_unix_nano, nanoseconds(0))
    assert close(span.end_time_unix_nano, nanoseconds(0.3))
    assert values(span.attributes) == {
        "http.request.method": "POST",
        "http.route": "/graphql",
        "http.response.status_code": 200,
        "graphql.operation.type": "query",
        "graphql.operation.name": "Landing",
        "bff.request_id": "req-1",
        "bff.client": "web",
        "bff.verdict": "degraded",
    }
    assert [event.name for event in span.events] == ["viewer", "execute"]
    assert span.status.code == Status.STATUS_CODE_UNSET


def test_a_request_without_a_caller_s_span_begins_its_trace(send: Send) -> None:
    collector = send(a_page(trace=a_trace(parent_id=None)))
    assert collector.named("query Landing").parent_span_id == b""


def test_only_operations_that_are_known_name_spans(send: Send) -> None:
    collector = send(a_page(operation="x" * 1_000_000 + "\ud800"))
    span = collector.named("POST /graphql")
    assert len(values(span.attributes)["graphql.operation.name"]) < 150


def test_what_sends_says_who_it_is(send: Send) -> None:
    collector = send(a_page())
    assert {"service.name": "shop", "service.version": "1.2.3"}.items() <= collector.resource.items()
    assert collector.resource["service.instance.id"]
    assert collector.paths == ["/v1/traces"]


def test_an_upstream_s_parent_is_the_attempt_that_it_was_told_of(send: Send) -> None:
    attempts = [
        an_attempt("1" * 16, end=0.05, code="UPSTREAM_ERROR", status=503, first_byte=0.04, body=0.05),
        an_attempt("2" * 16, start=0.06),
    ]
    call = a_call(attempts=attempts)
    section = a_section(loads=[a_load(call)])
    collector = send(a_page(sections=[section], calls=[call]))

    of_page, of_section = collector.named("query Landing"), collector.named("section recommendations")
    of_call = collector.named("recommendations.next_actions")
    first, second = [span for span in collector.spans if span.kind == Span.SPAN_KIND_CLIENT]
    assert {span.trace_id.hex() for span in collector.spans} == {TRACE_ID}
    assert of_section.parent_span_id == of_page.span_id
    assert of_call.parent_span_id == of_section.span_id
    assert (first.span_id.hex(), second.span_id.hex()) == ("1" * 16, "2" * 16)
    assert {first.parent_span_id, second.parent_span_id} == {of_call.span_id}
    assert len({span.span_id for span in collector.spans}) == len(collector.spans) == 6
    assert values(first.attributes) == {
        "http.request.method": "GET",
        "server.address": "vendor.example",
        "http.response.status_code": 503,
        "http.response.body.size": 1_000,
        "error.type": "UPSTREAM_ERROR",
        "bff.source": "recommendations",
    }
    assert first.status.code == Status.STATUS_CODE_ERROR
    assert values(second.attributes)["http.request.resend_count"] == 1
    assert "error.type" not in values(second.attributes)
    assert [event.name for event in second.events] == ["first byte", "body"]
    assert close(second.events[0].time_unix_nano, nanoseconds(0.1))
    assert close(second.start_time_unix_nano, nanoseconds(0.06))
    assert close(second.end_time_unix_nano, nanoseconds(0.2))


def test_a_section_says_how_it_was_come_by(send: Send) -> None:
    lost = a_section(state=SectionState.TIMED_OUT, code="DEADLINE_EXCEEDED", seconds=0.3)
    stale = a_section("todos", state=SectionState.STALE, core=True, fetched_at=EPOCH - 60)
    collector = send(a_page(sections=[lost, stale], seconds=0.5))
    span = collector.named("section recommendations")
    assert values(span.attributes) == {
        "bff.section": "recommendations",
        "bff.source": "recommendations",
        "bff.core": False,
        "bff.state": "TIMED_OUT",
        "bff.code": "DEADLINE_EXCEEDED",
    }
    assert span.status.code == Status.STATUS_CODE_ERROR
    assert close(span.end_time_unix_nano, nanoseconds(0.302))
    told = values(collector.named("section todos").attributes)
    assert (told["bff.state"], told["bff.core"]) == ("STALE", True)
    assert told["bff.age"] == pytest.approx(60.5, abs=0.01)


def test_a_look_into_the_cache_is_a_span_and_nothing_is_one_for_each_item(send: Send) -> None:
    load = a_load(source="users", name="by_ids", field="sender", count=10)
    collector = send(a_page(sections=[a_section(loads=[a_load(), load])]))
    assert collector.names() == [
        "cache recommendations.next_actions",
        "cache users.by_ids",
        "query Landing",
        "section recommendations",
    ]
    look = collector.named("cache users.by_ids")
    assert look.parent_span_id == collector.named("section recommendations").span_id
    assert values(look.attributes) == {
        "bff.source": "users",
        "bff.call": "by_ids",
        "bff.field": "sender",
        "bff.keys": 10,
        "bff.waited": False,
    }
    assert close(look.start_time_unix_nano, nanoseconds(0.002))
    assert close(look.end_time_unix_nano, nanoseconds(0.003))


def test_a_section_that_joined_another_s_call_is_linked_to_its_span(send: Send) -> None:
    other = a_trace("a" * 32, "b" * 16)
    call = a_call(request_id="req-0", trace=other, attempts=[an_attempt()])
    made_it = a_page(request_id="req-0", trace=other, sections=[a_section(loads=[a_load(call)])], calls=[call])
    joined = a_page(sections=[a_section(loads=[a_load(call)])])
    collector = send(made_it, joined)

    of_call = collector.named("recommendations.next_actions")
    assert of_call.trace_id.hex() == "a" * 32
    [linked] = [span for span in collector.spans if span.links]
    assert linked.name == "section recommendations"
    assert linked.trace_id.hex() == TRACE_ID
    [link] = linked.links
    assert (link.trace_id, link.span_id) == (of_call.trace_id, of_call.span_id)
    assert values(link.attributes)["bff.request_id"] == "req-0"


def test_a_call_that_no_section_waited_for_is_below_the_request(send: Send) -> None:
    collector = send(a_page(calls=[a_call()]))
    assert collector.named("recommendations.next_actions").parent_span_id.hex() == SPAN_ID


def test_a_call_that_outlives_its_page_is_sent_when_it_ends() -> None:
    call = a_call(end=None, attempts=[an_attempt(end=None, first_byte=None, body=None, status=None)])
    section = a_section(loads=[a_load(call)], state=SectionState.TIMED_OUT, code="DEADLINE_EXCEEDED")
    with collecting() as (collector, url), traces_at(url) as traces:
        call.started_at = call_start = time.monotonic()
        traces(PageFinished(a_page(sections=[section], calls=[call])))
        until(lambda: len(collector.spans) == 3)
        assert "recommendations.next_actions" not in collector.names()
        call.attempts[0].ended_at = call.ended_at = call_start + 2
        traces(CallFinished("recommendations", "next_actions", 2, None, None, call))
        until(lambda: len(collector.spans) == 5)
    of_call = collector.named("recommendations.next_actions")
    assert of_call.parent_span_id == collector.named("section recommendations").span_id
    assert of_call.end_time_unix_nano - of_call.start_time_unix_nano == pytest.approx(2e9, abs=2_000)


def test_a_section_that_was_not_settled_when_the_client_left_ends_with_the_page(send: Send) -> None:
    collector = send(a_page(verdict=Verdict.GONE, seconds=0.05, status=499, sections=[a_section(settled=False)]))
    span = collector.named("section recommendations")
    assert close(span.end_time_unix_nano, nanoseconds(0.05))
    assert "bff.state" not in values(span.attributes)


@pytest.mark.parametrize(
    ("verdict", "status", "failed"),
    [
        (Verdict.WHOLE, 200, False),
        (Verdict.DEGRADED, 200, False),
        (Verdict.REFUSED, 401, False),
        (Verdict.REFUSED, 503, True),
        (Verdict.CORE_MISSING, 200, True),
        (Verdict.CRASHED, 500, True),
    ],
)
def test_a_request_failed_if_we_failed_it(send: Send, verdict: Verdict, status: int, failed: bool) -> None:
    collector = send(a_page(verdict=verdict, status=status))
    assert (collector.named("query Landing").status.code == Status.STATUS_CODE_ERROR) is failed


def test_what_is_not_sampled_is_not_sent(send: Send) -> None:
    collector = send(a_page(trace=a_trace(sampled=False)), a_page(request_id="req-2"))
    assert [values(span.attributes)["bff.request_id"] for span in collector.spans] == ["req-2"]


def test_the_clock_of_timelines_and_the_wall_clock_need_not_agree(send: Send) -> None:
    late = AT + 1_000_000
    collector = send(a_page(at=late, sections=[a_section(at=late)]))
    assert close(collector.named("section recommendations").start_time_unix_nano, nanoseconds(0.002))
