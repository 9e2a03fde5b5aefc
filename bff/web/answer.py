"""From a result and its report to the answer: errors masked, sections told, headers set."""

import logging
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson
from graphql import GraphQLError, InitialIncrementalExecutionResult
from starlette.responses import Response
from strawberry.types import ExecutionResult

from bff.errors import INTERNAL, RequestError
from bff.report import Report
from bff.web.incremental.accepted import InFrames
from bff.web.media_type import GRAPHQL_RESPONSE

logger = logging.getLogger("bff.web")

Result = ExecutionResult | InitialIncrementalExecutionResult

SUCCESS: Final = 200

MASKED: Final = "Something went wrong on our side. Give the request id to whoever looks into it."


@dataclass(frozen=True, slots=True)
class Terms:
    """How this client is to be answered."""

    request_id: str
    trace_id: str
    media_type: str
    degraded_as: str
    frames: InFrames | None = None
    """How what is deferred goes to the client, if it takes frames."""

    frames_only: bool = False

    @property
    def known_as(self) -> Mapping[str, str]:
        """By what ids whoever looks into a fault finds the request."""
        return {"requestId": self.request_id, "traceId": self.trace_id}


@dataclass(frozen=True, slots=True)
class Answer:
    """What is sent, before it is sent."""

    body: Mapping[str, Any]
    status: int
    headers: Mapping[str, str]

    def response(self, terms: Terms, more: Mapping[str, str] | None = None) -> Response:
        """As HTTP."""
        body, content_type = orjson.dumps(self.body), f"{terms.media_type}; charset=utf-8"
        if terms.frames_only and terms.frames is not None and self.status == SUCCESS:
            way = terms.frames.way
            body, content_type = way.before + way.part(body, last=True), way.content_type
        return Response(body, self.status, self.all_headers(terms) | dict(more or {}), content_type)

    def all_headers(self, terms: Terms) -> dict[str, str]:
        """But for the content's own."""
        return {
            "x-request-id": terms.request_id,
            "cache-control": "no-store",
            "vary": "accept",
            **self.headers,
        }


def answered(result: Result, report: Report, terms: Terms) -> Answer:
    """The answer to a request that ran."""
    errors = [*told(result.errors, terms), *lost(report, terms), *unavailable(report, terms)]
    return _answer(result, errors, report, terms)


def begun(result: Result, report: Report, terms: Terms) -> Answer:
    """The first frame; `report` is of what is there at once. Whether there is a page at all, the last one tells."""
    return _answer(result, [*told(result.errors, terms), *lost(report, terms)], report, terms)


def _answer(result: Result, errors: Sequence[Mapping[str, Any]], report: Report, terms: Terms) -> Answer:
    body: dict[str, Any] = {"data": result.data}
    if errors:
        body["errors"] = errors
    if rows := report.rows():
        body["extensions"] = {"sections": rows}
    status = 400 if result.data is None and terms.media_type == GRAPHQL_RESPONSE else SUCCESS
    degraded = report.degraded()
    return Answer(body, status, {"x-bff-degraded": ",".join(degraded)} if degraded else {})


def refused(error: RequestError, terms: Terms) -> Answer:
    """The answer to a request that did not run: 200 for plain JSON clients where only its GraphQL is at fault."""
    details = error.details or ({"message": str(error)},)
    in_body_only = error.sound_http and terms.media_type != GRAPHQL_RESPONSE
    body = {"errors": [_with_code(each, error.code) for each in details]}
    return Answer(body, 200 if in_body_only else error.status, _more(error))


def _more(error: RequestError) -> dict[str, str]:
    """What of a refusal is told in headers."""
    headers = dict(error.headers)
    if error.retry_after is not None:
        headers["retry-after"] = str(max(1, math.ceil(error.retry_after)))
    return headers


def crashed(error: Exception, terms: Terms) -> Answer:
    """The answer where we failed outside of any field."""
    return Answer({"errors": [bug(error, terms)]}, 500, {})


def bug(error: Exception, terms: Terms) -> Mapping[str, Any]:
    """What is told of a failure outside of any field; the rest is logged."""
    logger.error("request %s: a bug", terms.request_id, exc_info=error)
    return _masked({"message": MASKED}, terms)


def told(errors: Sequence[GraphQLError] | None, terms: Terms) -> list[Mapping[str, Any]]:
    """What is told of the errors of execution, wherever in an answer they are."""
    return [_told(error, terms) for error in errors or ()]


def lost(report: Report, terms: Terms) -> list[Mapping[str, Any]]:
    """An error for each section that is null for a fault, for whoever wants to be told so."""
    if terms.degraded_as != "errors":
        return []
    return [_lost(record.path, record.code) for record in report.lost()]


def unavailable(report: Report, terms: Terms) -> list[Mapping[str, Any]]:
    """An error for each page that is none: judged when all of it is known."""
    return [_unavailable(page, terms) for page in report.unavailable_pages()]


def _told(error: GraphQLError, terms: Terms) -> Mapping[str, Any]:
    """An error of execution: no client caused it, so it is masked, and logged under the request's id."""
    # graphql-core's own errors say all in one line, and their traces quote the query, which may hold anything
    said = "" if error.original_error else f": {error.message}"
    logger.error("request %s: a bug at %s%s", terms.request_id, error.path, said, exc_info=error.original_error)
    return _masked(dict(GraphQLError(MASKED, nodes=error.nodes, path=error.path).formatted), terms)


def _masked(formatted: Mapping[str, Any], terms: Terms) -> Mapping[str, Any]:
    return {**formatted, "extensions": {"code": INTERNAL, **terms.known_as}}


def _with_code(formatted: Mapping[str, Any], code: str) -> Mapping[str, Any]:
    return {**formatted, "extensions": {**formatted.get("extensions", {}), "code": code}}


def _lost(path: Iterable[str | int], code: str | None) -> Mapping[str, Any]:
    return {
        "message": "This section is not available right now.",
        "path": list(path),
        "extensions": {"code": code},
    }


def _unavailable(page: Iterable[str | int], terms: Terms) -> Mapping[str, Any]:
    return {
        "message": "The page is unavailable: none of its core sections is to be had.",
        "path": list(page),
        "extensions": {"code": "PAGE_UNAVAILABLE", **terms.known_as},
    }
