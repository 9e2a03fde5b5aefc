"""Logs and traces of whole pages: they are told of each other, and of nobody's data."""

import json
import logging
from typing import Any

from bff import create_app, read_settings
from bff.errors import UpstreamFailed
from bff.schema import page as landing_page
from bff.telemetry.log.page_log import PageLog
from bff.transport import Request, Response
from bff.web.keys import Keys
from bff.web.viewer import JwtViewer
from tests.page_client import client_of, landing
from tests.telemetry.log.lines import json_lines
from tests.telemetry.timelines import PARENT_ID, TRACE_ID
from tests.telemetry.traces.collector import collecting, values
from tests.telemetry.traces.test_spans import traces_at
from tests.upstreams_in_process import URLS, InProcessUpstreams
from tests.web.tokens import AUTH, shown_key, token

VIEWER = "viewer-5d1c77e0"
"""No user of ours: whatever says it has it from the token."""

NUMBER, TEXT, NOTE = 37, "variable-91b2", "note-e6a4"

QUERY = (
    "query Landing($first: Int!) { landingPage { viewer { name } todos(first: $first) { title assignedBy { name } } "
    "recommendations { title } } } # " + NOTE
)


class Upstreams(InProcessUpstreams):
    """And the keys that tokens are signed with."""

    def __init__(self) -> None:
        super().__init__(faults={"recommendations": UpstreamFailed("the upstream answered 503")})
        self.answers["login"] = lambda _: Response(200, {}, json.dumps({"keys": [shown_key()]}).encode())
        self.answers["todos"] = self._broken

    def _broken(self, request: Request) -> Response:
        raise ZeroDivisionError("a bug")  # whose stack has frames that know the viewer


def secrets_of(authorization: str) -> list[str]:
    whole, claims = authorization.split()[1], authorization.split(".")[1]
    return [VIEWER, TEXT, NOTE, whole, claims, f"={NUMBER}", "/todos?", "landingPage {"]


async def test_no_line_and_no_span_holds_who_asked_or_with_what() -> None:
    transport = Upstreams()
    authorization = f"Bearer {token(sub=VIEWER)}"
    with json_lines(logging.DEBUG) as lines, collecting() as (collector, url):
        traces = traces_at(url)
        app = create_app(
            landing_page,
            read_settings(landing_page, {**URLS, "BFF_TRACES__ENDPOINT": url, "BFF_TRACES__SHARE": "1"}),
            transport=transport,
            identify=JwtViewer(AUTH, Keys(AUTH.jwks_url, transport)),
            listeners=(PageLog(healthy=1), traces),
            watch_loop=False,
        )
        with traces:
            async with client_of(app) as client:
                verdicts = [
                    await client.ask(QUERY, variables={"first": first}, headers={"authorization": header})
                    for header in (authorization, authorization + "x", "")
                    for first in (NUMBER, TEXT, 1_000_000)
                ]
    assert {answer.status for answer in verdicts} >= {200, 401}
    pages = [line for line in lines if line["logger"] == "bff.page"]
    assert {line["verdict"] for line in pages} >= {"core_missing", "refused"}
    assert any("ZeroDivisionError" in line.get("exception", "") for line in lines)
    assert len(collector.spans) > 10
    for secret in secrets_of(authorization):
        assert not [line for line in lines if secret in json.dumps(line)], secret
        assert secret.encode() not in collector.raw, secret
    assert not [line for line in pages if NUMBER in line.values()]


async def test_a_page_s_line_its_spans_and_its_upstreams_have_one_trace() -> None:
    upstreams = InProcessUpstreams()
    with json_lines() as lines, collecting() as (collector, url), traces_at(url) as traces:
        settings = {"BFF_TRACES__ENDPOINT": url, "BFF_RECOMMENDATIONS__TRACE": "on"}
        async with landing(upstreams, listeners=(PageLog(healthy=1), traces), settings=settings) as client:
            answer = await client.ask(headers={"traceparent": f"00-{TRACE_ID}-{PARENT_ID}-01"})
    [line] = [line for line in lines if line["logger"] == "bff.page"]
    assert (line["trace_id"], line["request_id"]) == (TRACE_ID, answer.headers["x-request-id"])
    assert line["calls"] == len(upstreams.requests)
    server = next(span for span in collector.spans if values(span.attributes).get("bff.verdict"))
    assert (server.trace_id.hex(), server.parent_span_id.hex()) == (TRACE_ID, PARENT_ID)
    sent = [traceparent_of(request) for request in upstreams.requests]
    assert {trace_id for trace_id, _ in sent} == {TRACE_ID}
    attempts = {span.span_id.hex() for span in collector.spans if span.name.startswith("GET ")}
    assert sorted(span_id for _, span_id in sent) == sorted(attempts)
    known = {span.span_id for span in collector.spans}
    assert {span.parent_span_id for span in collector.spans} - known == {bytes.fromhex(PARENT_ID)}
    begin, end = server.start_time_unix_nano, server.end_time_unix_nano
    assert all(begin <= span.start_time_unix_nano <= span.end_time_unix_nano <= end for span in collector.spans)


async def test_what_was_not_sampled_makes_no_span_and_says_so_upstream() -> None:
    upstreams = InProcessUpstreams()
    with collecting() as (collector, url), traces_at(url) as traces:
        settings = {"BFF_TRACES__ENDPOINT": url, "BFF_TRACES__SHARE": "1", "BFF_RECOMMENDATIONS__TRACE": "on"}
        async with landing(upstreams, listeners=(traces,), settings=settings) as client:
            await client.ask(headers={"traceparent": f"00-{TRACE_ID}-{PARENT_ID}-00"})
    assert not collector.spans
    assert all(request.headers["traceparent"].endswith("-00") for request in upstreams.requests)


def traceparent_of(request: Request) -> tuple[Any, ...]:
    """Trace id and span id."""
    version, trace_id, span_id, flags = request.headers["traceparent"].split("-")
    assert (version, flags) == ("00", "01")
    return trace_id, span_id
