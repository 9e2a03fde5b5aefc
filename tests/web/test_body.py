"""E1 and trap 16: the body of a POST, and what is refused of it."""

import gzip
import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.requests import Request
from starlette.types import Message

from bff.errors import BadBody
from bff.web.body import MAX_BODY, BodyTooLarge, GraphQLRequest, WrongMediaType, read_body

JSON = "application/json"
QUERY = b'{"query": "{ landingPage { id } }"}'


async def read(*chunks: bytes, media_type: str | None = JSON) -> GraphQLRequest:
    messages: list[Message] = [{"type": "http.request", "body": chunk, "more_body": True} for chunk in chunks]
    messages.append({"type": "http.request", "body": b"", "more_body": False})

    async def receive() -> Message:
        return messages.pop(0)

    headers = [] if media_type is None else [(b"content-type", media_type.encode())]
    return await read_body(Request({"type": "http", "method": "POST", "headers": headers}, receive))


async def test_a_request_is_read_whole_in_however_many_parts_it_comes() -> None:
    body = json.dumps(
        {
            "query": "query Q { a }",
            "operationName": "Q",
            "variables": {"n": [1, None]},
            "extensions": {"x": 1},
            "more": 1,
        }
    ).encode()
    asked = await read(*(body[place : place + 7] for place in range(0, len(body), 7)))
    assert asked == GraphQLRequest("query Q { a }", {"n": [1, None]}, "Q", {"x": 1})


async def test_nothing_but_the_query_is_needed() -> None:
    assert await read(QUERY) == GraphQLRequest("{ landingPage { id } }")


async def test_nulls_are_as_if_not_sent() -> None:
    body = b'{"query": "{ a }", "variables": null, "operationName": null, "extensions": null}'
    assert await read(body) == GraphQLRequest("{ a }")


BROKEN = {
    "nothing": b"",
    "null": b"null",
    "a number": b"7",
    "a string": b'"{ landingPage { id } }"',
    "a list": b"[" + QUERY + b"]",
    "no query": b"{}",
    "a query that is null": b'{"query": null}',
    "a query that is a number": b'{"query": 7}',
    "variables that are a list": b'{"query": "{ a }", "variables": []}',
    "variables that are text": b'{"query": "{ a }", "variables": "{}"}',
    "an operation's name that is a number": b'{"query": "{ a }", "operationName": 7}',
    "half of it": QUERY[:-5],
    "two of them": QUERY + QUERY,
    "90,000 nested brackets": b"[" * 90_000,
    "nested variables": b'{"query": "{ a }", "variables": {"a": ' + b"[" * 45_000 + b"]" * 45_000 + b"}}",
    "a 5,000-digit integer": b"9" * 5_000,
    "a variable that is infinite": b'{"query": "{ a }", "variables": {"a": 1e999}}',
    "NaN": b'{"query": "{ a }", "variables": {"a": NaN}}',
    "bytes that are no text": b'{"query": "\xff"}',
    "half of a surrogate pair": b'{"query": "\\ud800"}',
    "UTF-16": QUERY.decode().encode("utf-16"),
    "gzip": gzip.compress(QUERY),
    "a form": b"query=%7B+a+%7D",
}


@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN)
async def test_what_is_no_graphql_request_is_refused_with_what_one_looks_like(body: bytes) -> None:
    with pytest.raises(BadBody, match="The body is not a GraphQL request such as") as caught:
        await read(body)
    assert (caught.value.status, caught.value.code) == (400, "BAD_USER_INPUT")
    assert len(str(caught.value)) < 400


async def test_a_5000_digit_integer_in_a_variable_is_read_or_refused() -> None:
    with suppress(BadBody):
        await read(b'{"query": "{ a }", "variables": {"a": ' + b"9" * 5_000 + b"}}")


async def test_a_body_that_is_too_large_is_refused_before_it_has_come_whole() -> None:
    chunk = b"x" * 10_000
    with pytest.raises(BodyTooLarge, match=f"larger than {MAX_BODY} bytes") as caught:
        await read(*[chunk] * 1_000)
    assert caught.value.status == 413


@pytest.mark.parametrize("media_type", [JSON, "Application/JSON", "application/json; charset=utf-8"])
async def test_json_is_read_whatever_its_parameters(media_type: str) -> None:
    assert (await read(QUERY, media_type=media_type)).query == "{ landingPage { id } }"


@pytest.mark.parametrize(
    "media_type",
    [
        None,
        "",
        "text/plain",
        "text/plain; application/json",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/graphql",
        "application/jsonp",
    ],
)
async def test_e3_any_other_media_type_is_refused_unread(media_type: str | None) -> None:
    with pytest.raises(WrongMediaType, match="content-type: application/json") as caught:
        await read(QUERY, media_type=media_type)
    assert caught.value.status == 415


values: Any = st.recursive(
    st.none() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)
requests = st.dictionaries(st.sampled_from(["query", "variables", "operationName", "extensions"]), values)


@settings(deadline=None)
@given(st.binary() | requests.map(lambda request: json.dumps(request).encode()))
async def test_whatever_comes_is_a_request_or_refused(body: bytes) -> None:
    with suppress(BadBody):
        await read(body)
