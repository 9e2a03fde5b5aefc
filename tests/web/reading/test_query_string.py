"""The query string of a GET, and what is refused of it."""

import json
from contextlib import suppress
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bff.errors import BadBody, MethodNotAllowed
from bff.execution.asked import Asked
from tests.web.reading.asking import got

NAMES = ["query", "variables", "operationName", "extensions", "documentId", "more"]


async def test_a_request_is_read_whole() -> None:
    parameters = {
        "query": "query Q($n: Int) { é }",
        "variables": '{"n": [1, null]}',
        "operationName": "Q",
        "extensions": '{"x": 1}',
        "documentId": "sha256:7",
        "more": "1",
    }
    asked = await got(urlencode(parameters).encode())
    assert asked == Asked("query Q($n: Int) { é }", {"n": [1, None]}, "Q", {"x": 1}, "sha256:7")


async def test_what_is_empty_is_as_if_not_sent() -> None:
    assert await got(b"query=%7Ba%7D&variables=&operationName=&extensions=&documentId=") == Asked("{a}")


async def test_a_null_among_the_objects_is_as_if_not_sent_but_a_name_is_text() -> None:
    assert await got(b"query={a}&variables=null&operationName=null") == Asked("{a}", operation_name="null")


async def test_a_document_that_is_known_needs_no_text() -> None:
    assert await got(b"documentId=sha256:7") == Asked(document_id="sha256:7")


@pytest.mark.parametrize("query_string", [b"", b"query=", b"qeury={a}", b"extensions={}"])
async def test_what_names_nothing_to_run_is_refused(query_string: bytes) -> None:
    with pytest.raises(BadBody, match="The request names nothing to run"):
        await got(query_string)


@pytest.mark.parametrize("value", ["[]", "7", '"{}"', "{", "{} {}", '{"a": NaN}', '{"a": "\\ud800"}', "[" * 9_000])
@pytest.mark.parametrize("name", ["variables", "extensions"])
async def test_what_is_no_object_is_refused(name: str, value: str) -> None:
    with pytest.raises(BadBody, match=f"`{name}` in the query string is not a JSON object") as caught:
        await got(urlencode({"query": "{a}", name: value}).encode())
    assert caught.value.status == 400


async def test_two_by_one_name_are_refused_lest_a_proxy_reads_the_one_and_we_the_other() -> None:
    with pytest.raises(BadBody, match="twice"):
        await got(b"query={a}&query={b}")


@pytest.mark.parametrize(
    "query_string",
    [b"query=%FF", b"query=%ED%A0%80", b"query=\xff", "query=é".encode(), b"a=1&" * 101],
    ids=["no text", "a surrogate", "a bare byte", "UTF-8 as it is", "101 parameters"],
)
async def test_what_is_not_encoded_as_a_form_is_refused(query_string: bytes) -> None:
    with pytest.raises(BadBody, match="encode it as a form is"):
        await got(query_string)


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("mutation { a }", ""),
        ("subscription { a }", ""),
        ("query Q { a } mutation M { a }", "M"),
        ("#\n mutation@live{a}", ""),
    ],
)
async def test_e3_what_does_more_than_read_is_to_be_posted(query: str, name: str) -> None:
    with pytest.raises(MethodNotAllowed, match="by POST: a GET only reads") as caught:
        await got(urlencode({"query": query, "operationName": name}).encode())
    assert (caught.value.status, caught.value.headers["allow"]) == (405, "POST")


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("{ mutation }", ""),
        ('{ a(b: "mutation { c }") }', ""),
        ("query mutation { a }", ""),
        ("query Q { a } mutation M { a }", "Q"),
        ("query Q { a } mutation M { a }", ""),
        ("mutation {", ""),
        ("mutation " + "{a" * 5_000, ""),
        ("mutation {" + " a" * 5_000 + "}", ""),
    ],
)
async def test_a_word_is_no_mutation_and_what_cannot_run_is_told_later(query: str, name: str) -> None:
    assert (await got(urlencode({"query": query, "operationName": name}).encode())).query == query


@settings(deadline=None)
@given(
    st.binary()
    | st.lists(st.tuples(st.sampled_from(NAMES), st.text() | st.integers().map(json.dumps))).map(
        lambda pairs: urlencode(pairs, errors="replace").encode()
    )
)
async def test_whatever_comes_is_a_request_or_refused(query_string: bytes) -> None:
    with suppress(BadBody):
        await got(query_string)
