"""Which of the two media types a client gets, by GraphQL over HTTP."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bff.web.media_type import GRAPHQL_RESPONSE, JSON, NotAcceptable, answer_type


@pytest.mark.parametrize(
    ("accept", "answer"),
    [
        (None, JSON),
        ("", JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        (JSON, JSON),
        (GRAPHQL_RESPONSE, GRAPHQL_RESPONSE),
        (f"{GRAPHQL_RESPONSE}; charset=utf-8", GRAPHQL_RESPONSE),
        (GRAPHQL_RESPONSE.upper(), GRAPHQL_RESPONSE),
        (f"{GRAPHQL_RESPONSE}, {JSON}", GRAPHQL_RESPONSE),
        (f"{JSON}, {GRAPHQL_RESPONSE}", JSON),
        (f"{JSON.upper()}, {GRAPHQL_RESPONSE}", JSON),
        (f"{JSON}; q=0.5, {GRAPHQL_RESPONSE}; q=0.9", GRAPHQL_RESPONSE),
        (f"{JSON}; q=0.9, {GRAPHQL_RESPONSE}; q=0.5", JSON),
        (f"{JSON}; q=0, */*", GRAPHQL_RESPONSE),
        (f"text/html, {GRAPHQL_RESPONSE}; q=0.1", GRAPHQL_RESPONSE),
        ("text/html, */*; q=0.1", JSON),
        (f"multipart/mixed, {JSON}", JSON),
        (f"{JSON}; q=much, {GRAPHQL_RESPONSE}; q=0.1", GRAPHQL_RESPONSE),
    ],
)
def test_the_best_of_what_is_wanted_is_chosen(accept: str | None, answer: str) -> None:
    assert answer_type(accept) == answer


@pytest.mark.parametrize(
    "accept", ["text/html", "application/xml", f"{JSON};q=0", "*/*;q=0", f"{JSON};q=-1", f"{JSON};q=nan", ",", ";;"]
)
def test_what_there_is_not_is_refused_with_what_there_is(accept: str) -> None:
    with pytest.raises(NotAcceptable, match=r"This answers in application/graphql-response\+json or application/json"):
        answer_type(accept)


@settings(deadline=None)
@given(st.text() | st.lists(st.sampled_from([JSON, "*/*", ";q=", "0.5", ",", "x/y", "=", " "])).map("".join))
def test_whatever_is_wanted_is_answered_or_refused(accept: str) -> None:
    try:
        assert answer_type(accept) in (JSON, GRAPHQL_RESPONSE)
    except NotAcceptable:
        assert accept
