"""E3: what other sites' pages can make a browser send, to the whole app."""

import json
from collections.abc import Mapping
from urllib.parse import urlencode

import httpx
import pytest

from tests.page_client import landing
from tests.upstreams_in_process import InProcessUpstreams

PAGE = "{ landingPage { messages(first: 1) { id } } }"
EVIL = {"origin": "https://evil.test", "sec-fetch-site": "cross-site"}
SHOP = {"origin": "https://shop.example.com", "sec-fetch-site": "cross-site"}


async def asked(
    method: str, headers: Mapping[str, str], body: bytes | None = None, query_string: str = ""
) -> tuple[httpx.Response, InProcessUpstreams]:
    """The answer, and what was asked of upstreams for it."""
    upstreams = InProcessUpstreams()
    async with landing(upstreams, settings={"BFF_CORS_ORIGINS": SHOP["origin"]}) as client:
        answer = await client.http.request(method, f"/graphql?{query_string}", headers=headers, content=body)
    return answer, upstreams


FORMS = {
    "a form": ("application/x-www-form-urlencoded", urlencode({"query": PAGE}).encode()),
    "a form of text": ("text/plain", json.dumps({"query": PAGE}).encode()),
    "a form of parts": (
        "multipart/form-data; boundary=x",
        b'--x\r\ncontent-disposition: form-data; name="operations"\r\n\r\n{"query": "{ a }"}\r\n--x--\r\n',
    ),
    "a document": ("application/graphql", PAGE.encode()),
    "no type at all": (None, json.dumps({"query": PAGE}).encode()),
}


@pytest.mark.parametrize("site", [{}, SHOP], ids=["same site", "allowed site"])
@pytest.mark.parametrize("form", FORMS)
async def test_e3_what_a_page_can_post_without_asking_beforehand_is_refused(form: str, site: dict[str, str]) -> None:
    media_type, body = FORMS[form]
    headers = {**site, **({} if media_type is None else {"content-type": media_type})}
    answer, upstreams = await asked("POST", headers, body)
    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (415, "BAD_USER_INPUT")
    assert not upstreams.requests


@pytest.mark.parametrize(
    "headers", [EVIL, {"sec-fetch-site": "cross-site"}, {"origin": "null"}, {"sec-fetch-site": "same-site"}]
)
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_e3_another_site_is_refused_and_told_why(method: str, headers: dict[str, str]) -> None:
    body = json.dumps({"query": PAGE}).encode() if method == "POST" else None
    sent = {**headers, "content-type": "application/json", "cookie": "session=x"}
    answer, upstreams = await asked(method, sent, body, urlencode({"query": PAGE}))
    [error] = answer.json()["errors"]
    assert (answer.status_code, error["extensions"]["code"]) == (403, "FORBIDDEN")
    assert "BFF_CORS_ORIGINS" in error["message"]
    assert "access-control-allow-origin" not in answer.headers
    assert not upstreams.requests


async def test_e3_an_allowed_site_is_answered_and_may_read_it() -> None:
    body = json.dumps({"query": PAGE}).encode()
    answer, _ = await asked("POST", {**SHOP, "content-type": "application/json"}, body)
    assert answer.json()["data"]["landingPage"]["messages"]
    assert answer.headers["access-control-allow-origin"] == SHOP["origin"]
    assert "x-bff-degraded" in answer.headers["access-control-expose-headers"]


async def test_e3_a_browser_s_question_beforehand_is_answered() -> None:
    headers = {**SHOP, "access-control-request-method": "POST", "access-control-request-headers": "content-type"}
    answer, _ = await asked("OPTIONS", headers)
    assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (200, SHOP["origin"])
    answer, _ = await asked("OPTIONS", {**headers, **EVIL})
    assert "access-control-allow-origin" not in answer.headers


async def test_a_query_is_to_be_had_by_get() -> None:
    answer, _ = await asked("GET", {}, query_string=urlencode({"query": PAGE}))
    assert answer.json()["data"]["landingPage"]["messages"]


@pytest.mark.parametrize(
    "parameters",
    [
        {"query": "mutation { __typename }"},
        {"query": "mutation M { forget } query Q { __typename }", "operationName": "M"},
    ],
)
@pytest.mark.parametrize("accept", ["application/json", "application/graphql-response+json"])
async def test_e3_a_mutation_is_not_to_be_had_by_get(accept: str, parameters: dict[str, str]) -> None:
    answer, upstreams = await asked("GET", {"accept": accept}, query_string=urlencode(parameters))
    assert (answer.status_code, answer.headers.get("allow")) == (405, "POST")
    assert answer.json()["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
    assert not upstreams.requests
