"""E1 and trap 16: the body of a POST, and what is refused of it."""

import gzip
import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bff.errors import BadBody
from bff.execution.asked import Asked
from bff.web.reading.body import WrongMediaType
from tests.web.reading.asking import JSON, QUERY, posted


async def test_a_request_is_read_whole_in_however_many_parts_it_comes() -> None:
    body = json.dumps(
        {
            "query": "query Q { a }",
            "operationName": "Q",
            "variables": {"n": [1, None]},
            "extensions": {"x": 1},
            "documentId": "sha256:7",
            "more": 1,
        }
    ).encode()
    asked = await posted(*(body[place : place + 7] for place in range(0, len(body), 7)))
    assert asked == Asked("query Q { a }", {"n": [1, None]}, "Q", {"x": 1}, "sha256:7")


async def test_nothing_but_the_query_is_needed() -> None:
    assert await posted(QUERY) == Asked("{ landingPage { id } }")


async def test_nulls_are_as_if_not_sent() -> None:
    body = b'{"query": "{ a }", "variables": null, "operationName": null, "extensions": null, "documentId": null}'
    assert await posted(body) == Asked("{ a }")


@pytest.mark.parametrize(
    "body", [b'{"documentId": "sha256:7"}', b'{"extensions": {"persistedQuery": {"version": 1}}}'], ids=["id", "hash"]
)
async def test_a_document_that_is_known_needs_no_text(body: bytes) -> None:
    assert (await posted(body)).query is None


@pytest.mark.parametrize("body", [b"{}", b'{"query": null}', b'{"qeury": "{ a }"}', b'{"extensions": {"x": 1}}'])
async def test_what_names_nothing_to_run_is_refused(body: bytes) -> None:
    with pytest.raises(BadBody, match="The request names nothing to run: send a `query`"):
        await posted(body)


async def test_of_a_member_that_is_there_twice_the_last_one_counts_as_in_every_browser() -> None:
    assert await posted(b'{"query": "{ a }", "query": "{ b }"}') == Asked("{ b }")


@pytest.mark.parametrize("body", [b"[" + QUERY + b"]", b" \n[]", b"[" * 90_000])
async def test_a_batch_is_refused_as_such(body: bytes) -> None:
    with pytest.raises(BadBody, match="batching is off here"):
        await posted(body)


BROKEN = {
    "nothing": b"",
    "null": b"null",
    "a number": b"7",
    "a string": b'"{ landingPage { id } }"',
    "a query that is a number": b'{"query": 7}',
    "variables that are a list": b'{"query": "{ a }", "variables": []}',
    "variables that are text": b'{"query": "{ a }", "variables": "{}"}',
    "extensions that are a list": b'{"query": "{ a }", "extensions": []}',
    "an operation's name that is a number": b'{"query": "{ a }", "operationName": 7}',
    "a document's id that is a number": b'{"documentId": 7}',
    "half of it": QUERY[:-5],
    "two of them": QUERY + QUERY,
    "nested variables": b'{"query": "{ a }", "variables": {"a": ' + b"[" * 45_000 + b"]" * 45_000 + b"}}",
    "a 5,000-digit integer": b"9" * 5_000,
    "a variable that is infinite": b'{"query": "{ a }", "variables": {"a": 1e999}}',
    "NaN": b'{"query": "{ a }", "variables": {"a": NaN}}',
    "bytes that are no text": b'{"query": "\xff"}',
    "half of a surrogate pair": b'{"query": "\\ud800"}',
    "half of a surrogate pair as a variable": b'{"query": "{ a }", "variables": {"a": "\\udc00"}}',
    "a surrogate in UTF-8": b'{"query": "\xed\xa0\x80"}',
    "UTF-16": QUERY.decode().encode("utf-16"),
    "a byte order mark": b"\xef\xbb\xbf" + QUERY,
    "gzip": gzip.compress(QUERY),
    "a form": b"query=%7B+a+%7D",
}


@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN)
async def test_what_is_no_graphql_request_is_refused_with_what_one_looks_like(body: bytes) -> None:
    with pytest.raises(BadBody, match="The body is not a GraphQL request such as") as caught:
        await posted(body)
    assert (caught.value.status, caught.value.code) == (400, "BAD_USER_INPUT")
    assert len(str(caught.value)) < 400


async def test_a_5000_digit_integer_in_a_variable_is_refused() -> None:
    with pytest.raises(BadBody):
        await posted(b'{"query": "{ a }", "variables": {"a": ' + b"9" * 5_000 + b"}}")


@pytest.mark.parametrize(
    "media_type",
    [
        JSON,
        "Application/JSON",
        "application/json; charset=utf-8",
        'application/json;charset="UTF-8"',
        f"{JSON}; x=y; z",
    ],
)
async def test_json_in_utf_8_is_read(media_type: str) -> None:
    assert (await posted(QUERY, media_type=media_type)).query == "{ landingPage { id } }"


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
        await posted(QUERY, media_type=media_type)
    assert (caught.value.status, caught.value.headers["accept"]) == (415, JSON)


@pytest.mark.parametrize("charset", ["utf-16", "iso-8859-1", "", "utf-8,utf-16"])
async def test_any_other_charset_is_refused(charset: str) -> None:
    with pytest.raises(WrongMediaType, match="in UTF-8"):
        await posted(QUERY, media_type=f"application/json; charset={charset}")


@pytest.mark.parametrize("coding", ["gzip", "GZIP", "br", "zstd", "identity, gzip", ""])
async def test_a_compressed_body_is_refused_unread(coding: str) -> None:
    with pytest.raises(WrongMediaType, match="without a content-encoding") as caught:
        await posted(gzip.compress(QUERY), headers={"content-encoding": coding})
    assert (caught.value.status, caught.value.headers["accept-encoding"]) == (415, "identity")


values: Any = st.recursive(
    st.none() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)
requests = st.dictionaries(
    st.sampled_from(["query", "variables", "operationName", "extensions", "documentId"]), values
) | st.lists(values)


@settings(deadline=None)
@given(st.binary() | requests.map(lambda request: json.dumps(request).encode()))
async def test_whatever_comes_is_a_request_or_refused(body: bytes) -> None:
    with suppress(BadBody):
        await posted(body)
