"""How much of a request's times its own answer shows."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
import orjson
from starlette.responses import Response

from bff.page_timeline import PageTimeline, verdict_of
from bff.telemetry.waterfall.assembly import assemble
from bff.timeline import clock
from bff.web.answer import Answer, Terms
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
