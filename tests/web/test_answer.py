"""What a client is told of errors: those it caused in full, ours masked."""

import json
import logging
from typing import Any

import pytest
from graphql import GraphQLError
from strawberry.types import ExecutionResult

from bff.errors import BadBody, Unauthenticated, ValidationFailed
from bff.report import Report
from bff.web.answer import MASKED, Terms, answered, crashed, refused
from bff.web.media_type import GRAPHQL_RESPONSE, JSON

TERMS = Terms("request-7", "a" * 32, JSON, "extensions")
KNOWN_AS = {"requestId": "request-7", "traceId": "a" * 32}
SECRET = "password=hush"


def told(response: Any) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(response.body)
    return body


def test_the_text_of_a_bug_is_masked_and_logged_under_the_request_s_id(caplog: pytest.LogCaptureFixture) -> None:
    bug = GraphQLError(SECRET, path=["landingPage", "messages"], original_error=ValueError(SECRET))
    response = answered(ExecutionResult({"landingPage": None}, [bug], {}), Report(), TERMS).response(TERMS)
    assert told(response)["errors"] == [
        {"message": MASKED, "path": ["landingPage", "messages"], "extensions": {"code": "INTERNAL", **KNOWN_AS}}
    ]
    assert SECRET not in bytes(response.body).decode()
    [record] = caplog.records
    assert (record.name, record.levelno) == ("bff.web", logging.ERROR)
    assert "request-7" in record.getMessage()
    assert SECRET in caplog.text


def test_a_crash_is_masked_and_logged_under_the_request_s_id(caplog: pytest.LogCaptureFixture) -> None:
    response = crashed(ValueError(SECRET), TERMS).response(TERMS)
    assert (response.status_code, response.headers["x-request-id"]) == (500, "request-7")
    assert told(response) == {"errors": [{"message": MASKED, "extensions": {"code": "INTERNAL", **KNOWN_AS}}]}
    assert "request-7" in caplog.text
    assert SECRET in caplog.text


@pytest.mark.parametrize(
    ("error", "media_type", "status"),
    [
        (ValidationFailed("no"), JSON, 200),
        (ValidationFailed("no"), GRAPHQL_RESPONSE, 400),
        (BadBody("no"), JSON, 400),
        (Unauthenticated("no"), JSON, 401),
        (Unauthenticated("no"), GRAPHQL_RESPONSE, 401),
    ],
)
def test_a_refusal_has_the_status_of_its_kind_and_media_type(error: Any, media_type: str, status: int) -> None:
    terms = Terms("r", "a" * 32, media_type, "extensions")
    response = refused(error, terms).response(terms)
    assert response.status_code == status
    assert response.headers["content-type"] == f"{media_type}; charset=utf-8"
    assert told(response) == {"errors": [{"message": "no", "extensions": {"code": error.code}}]}


def test_an_answer_is_nobody_else_s_to_keep() -> None:
    response = answered(ExecutionResult({}, None, {}), Report(), TERMS).response(TERMS)
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["vary"] == "accept"
