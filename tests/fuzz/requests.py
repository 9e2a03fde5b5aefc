"""Whole requests: how they come, and what they hold."""

import json
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from hypothesis import strategies as st

from tests.fuzz.documents import documents

JSON: Final = "application/json"
ACCEPTED: Final = (
    "application/json",
    "application/graphql-response+json",
    "multipart/mixed",
    "text/event-stream",
    "multipart/mixed;deferSpec=20220824, application/json",
    "text/html",
    "*/*",
    "",
    "application/json;q=0",
    "a/b;q=x,,;;",
)
MEMBERS: Final = ("query", "variables", "operationName", "extensions", "documentId", "id", "nobody")


@dataclass(frozen=True)
class Sent:
    """As an ASGI server hands it on."""

    method: str
    query_string: bytes
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes


anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(("\ud800", "RECOMMENDATIONS", "A", 10**400, float("nan"))),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=10,
)
persisted = st.fixed_dictionaries(
    {"persistedQuery": anything | st.fixed_dictionaries({"version": anything, "sha256Hash": anything})}
)
asked = st.fixed_dictionaries(
    {"query": documents},
    optional={
        "variables": st.dictionaries(st.sampled_from(("first", "of", "x")), anything, max_size=3) | anything,
        "operationName": st.sampled_from(("A", "B", "LandingPage")) | anything,
        "extensions": persisted | anything,
        "documentId": anything,
    },
)
members = st.dictionaries(st.sampled_from(MEMBERS), anything, max_size=4)
written = (asked | asked | members | anything).map(lambda given: json.dumps(given).encode())
nested = st.tuples(st.sampled_from(("[", '{"a":', '{"query":[')), st.integers(1, 20_000)).map(
    lambda parts: (parts[0] * parts[1]).encode()
)


@st.composite
def _torn(draw: st.DrawFn) -> bytes:
    body = bytearray(draw(written))
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.integers(0, max(0, len(body) - 1)))
        body[place : place + draw(st.integers(0, 3))] = draw(st.binary(max_size=3))
    return bytes(body)


bodies = written | written | _torn() | nested | st.binary(max_size=200)
words = st.sampled_from((JSON, "application/json; charset=utf-8", "application/json; charset=x", "text/plain", ""))
content_types = words | st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=30)
oddities = st.tuples(
    st.sampled_from(
        (
            "x-request-id",
            "traceparent",
            "x-deadline-ms",
            "x-client-name",
            "x-bff-degraded-as",
            "x-bff-waterfall",
            "authorization",
            "cookie",
            "origin",
            "sec-fetch-site",
            "accept-encoding",
            "content-encoding",
            "content-length",
            "x-forwarded-for",
        )
    ),
    st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=40),
)


def _headers(given: tuple[str, str, list[tuple[str, str]]]) -> tuple[tuple[bytes, bytes], ...]:
    content_type, accept, odd = given
    named = [("content-type", content_type), *([("accept", accept)] if accept else []), *odd]
    return tuple((name.encode(), value.encode("latin-1", "replace")) for name, value in named)


posts = st.builds(
    lambda headers, body: Sent("POST", b"", headers, body),
    st.tuples(st.just(JSON) | content_types, st.sampled_from(ACCEPTED), st.lists(oddities, max_size=2)).map(_headers),
    bodies,
)
parameters = st.dictionaries(st.sampled_from(MEMBERS), documents | anything.map(json.dumps), max_size=4).map(
    lambda given: urlencode(given, errors="replace").encode()
)
gets = st.builds(
    lambda query, headers: Sent("GET", query, headers, b""),
    parameters | st.binary(max_size=60),
    st.tuples(st.just(""), st.sampled_from(ACCEPTED), st.lists(oddities, max_size=2)).map(_headers),
)
requests = posts | posts | posts | gets
