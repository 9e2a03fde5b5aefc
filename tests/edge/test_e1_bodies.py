"""E1: bodies that are no GraphQL request, to the whole app."""

import gzip
import json
from typing import Any

import httpx
import pytest

from tests.edge.sound import assert_healthy, assert_sound

JSON = {"content-type": "application/json"}
GRAPHQL = {**JSON, "accept": "application/graphql-response+json"}
PAGE = "{ landingPage { id } }"
SOUND = json.dumps({"query": PAGE}).encode()

NO_REQUEST: dict[str, bytes] = {
    "nothing": b"",
    "null": b"null",
    "a number": b"7",
    "a string": b'"{ landingPage { id } }"',
    "a batch": b"[" + SOUND + b"]",
    "an empty batch": b"[]",
    "a batch of a thousand": b"[" + b",".join([SOUND] * 1_000) + b"]",
    "90,000 nested brackets": b"[" * 90_000,
    "90,000 nested objects": b'{"query":' * 9_000,
    "a 5,000-digit integer": b"9" * 5_000,
    "a 5,000-digit integer in a variable": b'{"query": "{ a }", "variables": {"n": ' + b"9" * 5_000 + b"}}",
    "an infinite number": b'{"query": "{ a }", "variables": {"n": 1e999}}',
    "bytes that are no text": b'{"query": "\xff\xfe"}',
    "half of a surrogate pair": b'{"query": "{ a }", "operationName": "\\ud800"}',
    "UTF-16": json.dumps({"query": PAGE}).encode("utf-16"),
    "UTF-32": json.dumps({"query": PAGE}).encode("utf-32"),
    "a byte order mark": b"\xef\xbb\xbf" + SOUND,
    "gzip that is not said to be": gzip.compress(SOUND, mtime=0),
    "a form": b"query=%7B+landingPage+%7B+id+%7D+%7D",
    "HTML": b"<!doctype html><script>alert(1)</script>",
    "no query": b"{}",
    "variables that are a list": b'{"query": "{ landingPage { id } }", "variables": []}',
    "an operation's name that is an object": b'{"query": "{ landingPage { id } }", "operationName": {}}',
}


@pytest.mark.parametrize("headers", [JSON, GRAPHQL], ids=["json", "graphql"])
@pytest.mark.parametrize("body", NO_REQUEST.values(), ids=NO_REQUEST)
async def test_e1_what_is_no_request_is_a_400_with_a_code(
    http: httpx.AsyncClient, body: bytes, headers: dict[str, str]
) -> None:
    answer = await http.post("/graphql", content=body, headers=headers)
    assert_sound(answer)
    [error] = answer.json()["errors"]
    assert (answer.status_code, error["extensions"]["code"]) == (400, "BAD_USER_INPUT")
    assert "data" not in answer.json()
    await assert_healthy(http)


TOO_LARGE = b" " * 100_001


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (TOO_LARGE, {}, 413),
        (SOUND, {"content-length": "10000000"}, 413),
        (gzip.compress(SOUND, mtime=0), {"content-encoding": "gzip"}, 415),
        (SOUND, {"content-type": "application/json; charset=utf-16"}, 415),
        (SOUND, {"accept": "text/csv"}, 406),
    ],
)
async def test_e1_other_refusals_have_the_status_that_http_has_for_them(
    http: httpx.AsyncClient, body: bytes, headers: dict[str, str], status: int
) -> None:
    answer = await http.post("/graphql", content=body, headers={**JSON, **headers})
    assert_sound(answer)
    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (status, "BAD_USER_INPUT")


async def test_e1_a_body_in_a_thousand_parts_is_a_body(http: httpx.AsyncClient) -> None:
    async def parts() -> Any:
        for place in range(len(SOUND)):
            yield SOUND[place : place + 1]

    answer = await http.post("/graphql", content=parts(), headers=JSON)
    assert answer.json()["data"]["landingPage"]["id"]


async def test_e1_an_endless_body_is_refused_while_it_comes(http: httpx.AsyncClient) -> None:
    sent = 0

    async def endless() -> Any:
        nonlocal sent
        while True:
            sent += 1
            yield b" " * 1_000

    answer = await http.post("/graphql", content=endless(), headers=JSON)
    assert answer.status_code == 413
    assert sent <= 102
