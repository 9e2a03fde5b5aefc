"""Requests that are refused before anything runs: coded, and without a call to any upstream."""

from typing import Any

import pytest

from tests.page_client import landing
from tests.upstreams_in_process import InProcessUpstreams

pytestmark = pytest.mark.virtual_time

WITH_VARIABLE = "query Q($n: Int!) { landingPage { messages(first: $n) { id } } }"
WITH_DEFAULT = "query Q($n: Int! = 99) { landingPage { messages(first: $n) { id } } }"
WITH_NULLABLE = "query Q($n: Int) { landingPage { messages(first: $n) { id } } }"

REFUSED: dict[str, tuple[str, dict[str, Any] | None, str]] = {
    "no GraphQL": ("{ landingPage {", None, "GRAPHQL_PARSE_FAILED"),
    "nested too deeply": ("{a" * 5_000, None, "GRAPHQL_PARSE_FAILED"),
    "an unknown field": ("{ landingPage { nope } }", None, "GRAPHQL_VALIDATION_FAILED"),
    "a mutation": ("mutation { landingPage { id } }", None, "GRAPHQL_VALIDATION_FAILED"),
    "too many": ("{ landingPage { messages(first: 51) { id } } }", None, "BAD_USER_INPUT"),
    "none": ("{ landingPage { messages(first: 0) { id } } }", None, "BAD_USER_INPUT"),
    "too many in a fragment": (
        "{ landingPage { ...F } } fragment F on LandingPage { todos(first: -1) { id } }",
        None,
        "BAD_USER_INPUT",
    ),
    "too many by variable": (WITH_VARIABLE, {"n": 51}, "BAD_USER_INPUT"),
    "too many by default": (WITH_DEFAULT, None, "BAD_USER_INPUT"),
    "null by variable": (WITH_NULLABLE, {"n": None}, "BAD_USER_INPUT"),
    "a variable of another type": (WITH_VARIABLE, {"n": "ten"}, "BAD_USER_INPUT"),
    "a variable that is missing": (WITH_VARIABLE, None, "BAD_USER_INPUT"),
    "several operations and no name": (
        "query A { landingPage { id } } query B { landingPage { id } }",
        None,
        "BAD_USER_INPUT",
    ),
}


@pytest.mark.parametrize("why", REFUSED)
async def test_it_is_refused_with_a_code_before_anything_runs(why: str) -> None:
    query, variables, code = REFUSED[why]
    upstreams = InProcessUpstreams()
    async with landing(upstreams) as client:
        plain = await client.ask(query, variables=variables)
        strict = await client.ask(query, variables=variables, headers={"accept": "application/graphql-response+json"})

    for answer in (plain, strict):
        assert "data" not in answer.body
        assert {error["extensions"]["code"] for error in answer.body["errors"]} == {code}
    assert (plain.status, strict.status) == (200, 400)
    assert strict.headers["content-type"].startswith("application/graphql-response+json")
    assert not upstreams.requests


async def test_a_range_error_says_what_was_given_and_what_is_allowed() -> None:
    async with landing(InProcessUpstreams()) as client:
        answer = await client.ask(WITH_VARIABLE, variables={"n": 51})

    assert answer.body["errors"][0]["message"] == "`first` is 51, it must be from 1 to 50."


@pytest.mark.parametrize("query", [WITH_DEFAULT, WITH_NULLABLE, WITH_VARIABLE])
async def test_a_variable_within_the_range_is_fine(query: str) -> None:
    async with landing(InProcessUpstreams()) as client:
        answer = await client.ask(query, variables={"n": 2})

    assert len(answer.page["messages"]) == 2


async def test_a_nullable_variable_that_is_not_given_leaves_the_default() -> None:
    async with landing(InProcessUpstreams()) as client:
        answer = await client.ask(WITH_NULLABLE)

    assert len(answer.page["messages"]) == 10


async def test_the_named_operation_is_the_one_that_runs() -> None:
    query = "query A { landingPage { id } } query B { landingPage { todos(first: 1) { id } } }"
    async with landing(InProcessUpstreams()) as client:
        answer = await client.ask(query, operation="B")

    assert list(answer.page) == ["todos"]


async def test_r10_a_viewer_without_an_id_is_refused_lest_all_such_share_what_is_cached() -> None:
    upstreams = InProcessUpstreams()
    async with landing(upstreams) as client:
        answer = await client.ask(viewer="")

    assert answer.status == 401
    assert answer.body["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    assert "data" not in answer.body
    assert not upstreams.requests
