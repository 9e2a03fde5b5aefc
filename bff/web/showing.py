"""How much of a request's times its own answer shows."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
import orjson
from graphql import ExperimentalIncrementalExecutionResults
from starlette.responses import Response

from bff.page_timeline import PageTimeline, verdict_of
from bff.telemetry.waterfall.assembly import assemble
from bff.timeline import clock
from bff.web.answer import SUCCESS, Answer, Terms
from bff.web.incremental.accepted import InFrames
from bff.web.incremental.frames import Frames
from bff.web.incremental.response import Ending, FramesResponse
from bff.web.inspection import NOT_ALLOWED, Inspection
from bff.web.server_timing import server_timing


@dataclass(frozen=True, slots=True)
class Showing:
    """The waterfall to whoever asks and may; totals to every browser, where that is set."""

    inspection: Inspection
    server_timing: bool

    def response(self, answer: Answer, page: PageTimeline, terms: Terms, headers: Mapping[str, str]) -> Response:
        """The answer as it is sent; with it the page's timeline ends."""
        if self.inspection.wanted(headers):
            answer = self._with_waterfall(answer, page, headers)
        response = answer.response(terms)
        page.ends(answer.status, verdict_of(page.report), len(response.body))
        if self.server_timing:
            response.headers["server-timing"] = server_timing(page, clock.now())
        return response

    def in_frames(
        self,
        results: ExperimentalIncrementalExecutionResults,
        how: InFrames,
        page: PageTimeline,
        terms: Terms,
        headers: Mapping[str, str],
        *,
        client_left: Callable[[], None],
        finished: Callable[[], None],
    ) -> FramesResponse:
        """The same in frames. The waterfall goes with the last one, the totals with the first."""
        ending = Ending(client_left, finished, lambda: self._waterfall_of(page, headers))
        response = FramesResponse(results, how.way, Frames(how.shape, page.report, terms), page, terms, ending)
        if self.server_timing:
            response.headers["server-timing"] = server_timing(page, clock.now())
        return response

    def _waterfall_of(self, page: PageTimeline, headers: Mapping[str, str]) -> Mapping[str, Any]:
        if not self.inspection.wanted(headers):
            return {}
        if not self.inspection.allowed(headers):
            return {"waterfall": {"error": NOT_ALLOWED}}
        page.verdict, page.status = verdict_of(page.report), SUCCESS
        return {"waterfall": msgspec.to_builtins(assemble(page, clock.now()))}

    def _with_waterfall(self, answer: Answer, page: PageTimeline, headers: Mapping[str, str]) -> Answer:
        """It is serialised twice: the time it takes is part of what is shown."""
        if not self.inspection.allowed(headers):
            return _with(answer, {"error": NOT_ALLOWED})
        body = dict(answer.body)
        body["data"] = orjson.Fragment(orjson.dumps(body["data"]))
        page.verdict, page.status = verdict_of(page.report), answer.status
        shown = msgspec.to_builtins(assemble(page, clock.now()))
        return _with(Answer(body, answer.status, answer.headers), shown)


def _with(answer: Answer, waterfall: Mapping[str, Any]) -> Answer:
    extensions = {**answer.body.get("extensions", {}), "waterfall": waterfall}
    return Answer({**answer.body, "extensions": extensions}, answer.status, answer.headers)
