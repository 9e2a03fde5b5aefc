"""E1: what a request says is said again in errors, and must not break them."""

import json
from typing import Any

import httpx
import pytest

from tests.edge.sound import assert_healthy, assert_sound

WITH_VARIABLE = "query Q($n: Int!) { landingPage { messages(first: $n) { id } } }"
MANY_DIGITS = "9" * 5_000

ODD_TEXTS = {
    "a null character": "\x00",
    "control characters": "\x01\x1b[2J\x7f\x85",
    "line separators": "\u2028\u2029",
    "a letter of four bytes": "🏃" * 50,
    "no character": "\ufffe\uffff",
    "right to left": "\u202e",
    "very long": "x" * 20_000,
    "markup": "<script>alert(1)</script>",
    "a format": "%s %n {0} {} \\ud800",
    "empty": "",
}


@pytest.mark.parametrize("text", ODD_TEXTS.values(), ids=ODD_TEXTS)
@pytest.mark.parametrize(
    "asked",
    [
        lambda text: {"query": "query A { __typename } query B { __typename }", "operationName": text},
        lambda text: {"query": text},
        lambda text: {"query": f"{{ landingPage(x: {json.dumps(text)}) {{ id }} }}"},
        lambda text: {"query": f"{{ {text} }}"},
        lambda text: {"query": WITH_VARIABLE, "variables": {"n": text}},
        lambda text: {"query": WITH_VARIABLE, "variables": {"n": {text: [text]}}},
        lambda text: {"query": WITH_VARIABLE, "variables": {"n": 1, text: text}},
        lambda text: {"query": "{ __typename }", "extensions": {text: text}, "documentId": None},
    ],
    ids=["operation", "document", "string", "field", "variable", "object", "another variable", "extension"],
)
async def test_e1_odd_text_is_told_of_or_passed_over(http: httpx.AsyncClient, asked: Any, text: str) -> None:
    answer = await http.post("/graphql", json=asked(text))
    assert_sound(answer)
    assert len(answer.content) < 60_000


ODD_VALUES: dict[str, str] = {
    "4,000 digits": "9" * 4_000,
    "beyond 64 bits": str(2**64),
    "a huge float": "1e308",
    "a tiny float": "1e-400",
    "minus zero": "-0.0",
    "nested 500 deep": "[" * 500 + "]" * 500,
    "objects 500 deep": '{"a":' * 500 + "1" + "}" * 500,
    "a long list": f"[{','.join(['1'] * 20_000)}]",
    "false": "false",
}


@pytest.mark.parametrize("value", ODD_VALUES.values(), ids=ODD_VALUES)
async def test_e1_an_odd_variable_is_refused_in_words(http: httpx.AsyncClient, value: str) -> None:
    body = f'{{"query": {json.dumps(WITH_VARIABLE)}, "variables": {{"n": {value}}}}}'
    answer = await http.post("/graphql", content=body, headers={"content-type": "application/json"})
    assert_sound(answer)
    assert {error["extensions"]["code"] for error in answer.json()["errors"]} == {"BAD_USER_INPUT"}
    await assert_healthy(http)


ODD_DOCUMENTS: dict[str, str] = {
    "5,000 digits": f"{{ landingPage {{ messages(first: {MANY_DIGITS}) {{ id }} }} }}",
    "5,000 digits by default": f"query Q($n: Int = {MANY_DIGITS}) {{ landingPage {{ messages(first: $n) {{ id }} }} }}",
    "5,000 digits of a float": f"{{ landingPage {{ messages(first: 1.{MANY_DIGITS}e{MANY_DIGITS}) {{ id }} }} }}",
    "5,000 digits as an id": f"{{ __type(name: {MANY_DIGITS}) {{ name }} }}",
    "half of a surrogate pair": '{ __type(name: "\\uD800") { name } }',
    "half of a surrogate pair in braces": '{ __type(name: "\\u{D800}") { name } }',
    "too high a character": '{ __type(name: "\\u{110000}") { name } }',
    "a block string": '{ __type(name: """\\u{D800}""") { name } }',
    "only comments": "#" * 30_000,
    "only spaces": " " * 30_000,
    "a byte order mark": "\ufeff{ __typename }",
    "a subscription": "subscription { landingPage { id } }",
    "a mutation": "mutation { landingPage { id } }",
    "only a fragment": "fragment F on LandingPage { id }",
    "a schema": "type Query { a: Int } extend type LandingPage { b: Int }",
    "an operation twice": "query A { __typename } query A { __typename }",
    "a fragment of itself": "{ landingPage { ...F } } fragment F on LandingPage { ...F }",
    "a variable twice": "query Q($n: Int, $n: Int) { __typename }",
    "a variable of a type that is none": "query Q($n: Nope!) { __typename }",
    "a variable of an object": "query Q($n: LandingPage) { __typename }",
    "lists in lists": "query Q($n: " + "[" * 300 + "Int" + "]" * 300 + ") { __typename }",
    "values in values": "{ landingPage { messages(first: " + "[" * 300 + "]" * 300 + ") { id } } }",
    "braces in braces": "{" + "a{" * 8_000,
}


@pytest.mark.parametrize("document", ODD_DOCUMENTS.values(), ids=ODD_DOCUMENTS)
async def test_e1_an_odd_document_is_refused_in_words(http: httpx.AsyncClient, document: str) -> None:
    assert_sound(await http.post("/graphql", json={"query": document}))
    await assert_healthy(http)
