"""From a result and its report to the answer: errors masked, sections told, headers set."""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import orjson
from graphql import GraphQLError
from starlette.responses import Response
from strawberry.types import ExecutionResult

from bff.errors import INTERNAL, RequestError
from bff.report import Report
from bff.web.media_type import GRAPHQL_RESPONSE

logger = logging.getLogger("bff.web")

MASKED: Final = "Something went wrong on our side. Give the request id to whoever looks into it."


@dataclass(frozen=True, slots=True)
class Terms:
    """How this client is to be answered."""

    request_id: str
    media_type: str
    degraded_as: str


def answered(result: ExecutionResult, report: Report, terms: Terms) -> Response:
    """The answer to a request that ran."""
    errors = [_told(error, terms) for error in result.errors or ()]
    if terms.degraded_as == "errors":
        errors += [_lost(record.path, record.code) for record in report.lost()]
    errors += [_unavailable(page) for page in report.unavailable_pages()]
    body: dict[str, Any] = {"data": result.data}
    if errors:
        body["errors"] = errors
    if rows := report.rows():
        body["extensions"] = {"sections": rows}
    status = 400 if result.data is None and terms.media_type == GRAPHQL_RESPONSE else 200
    degraded = report.degraded()
    return _response(body, status, terms, {"x-bff-degraded": ",".join(degraded)} if degraded else {})


def refused(error: RequestError, terms: Terms) -> Response:
    """The answer to a request that did not run: 200 for plain JSON clients where only its GraphQL is at fault."""
    details = error.details or ({"message": str(error)},)
    in_body_only = error.sound_http and terms.media_type != GRAPHQL_RESPONSE
    body = {"errors": [_with_code(each, error.code) for each in details]}
    return _response(body, 200 if in_body_only else error.status, terms, {})


def crashed(error: Exception, terms: Terms) -> Response:
    """The answer where we failed outside of any field."""
    logger.error("request %s: a bug", terms.request_id, exc_info=error)
    return _response({"errors": [_with_code({"message": MASKED}, INTERNAL)]}, 500, terms, {})


def _response(body: Mapping[str, Any], status: int, terms: Terms, headers: Mapping[str, str]) -> Response:
    return Response(
        orjson.dumps(body),
        status,
        {"x-request-id": terms.request_id, "cache-control": "no-store", "vary": "accept", **headers},
        f"{terms.media_type}; charset=utf-8",
    )


def _told(error: GraphQLError, terms: Terms) -> Mapping[str, Any]:
    """An error of execution: no client caused it, so it is masked, and logged under the request's id."""
    logger.error("request %s: a bug at %s", terms.request_id, error.path, exc_info=error.original_error or error)
    masked = GraphQLError(MASKED, nodes=error.nodes, path=error.path)
    return _with_code(dict(masked.formatted), INTERNAL)


def _with_code(formatted: Mapping[str, Any], code: str) -> Mapping[str, Any]:
    return {**formatted, "extensions": {"code": code}}


def _lost(path: Iterable[str | int], code: str | None) -> Mapping[str, Any]:
    return {
        "message": "This section is not available right now.",
        "path": list(path),
        "extensions": {"code": code},
    }


def _unavailable(page: Iterable[str | int]) -> Mapping[str, Any]:
    return {
        "message": "The page is unavailable: none of its core sections is to be had.",
        "path": list(page),
        "extensions": {"code": "PAGE_UNAVAILABLE"},
    }
