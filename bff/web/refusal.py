"""An answer that is the same for everybody, prepared before anybody asks: refusing must cost next to nothing."""

import random
from collections.abc import Iterable, Sequence
from typing import Final

from bff.web.media_type import GRAPHQL_RESPONSE, JSON
from bff.web.security_headers import EVERYWHERE
from bff.web.trace_context import request_id

Headers = list[tuple[bytes, bytes]]

COME_AGAIN_IN: Final = (b"1", b"2", b"3")
"""Seconds. Those who were refused together must not come back together."""


class Refusal:
    """`origins` are those whose scripts may read it."""

    def __init__(self, status: int, body: bytes, origins: Sequence[str] = ()) -> None:
        self.status = status
        self._body = body
        self._origins = frozenset(origin.encode() for origin in origins)
        self._plain, self._graphql = (_prepared(kind, len(body)) for kind in (JSON, GRAPHQL_RESPONSE))

    def to(self, headers: Iterable[tuple[bytes, bytes]]) -> tuple[Headers, bytes]:
        """Headers and body for a request with these headers."""
        asked, prepared, origin = None, self._plain, None
        for name, value in headers:
            if name == b"accept":
                if GRAPHQL_RESPONSE.encode() in value:
                    prepared = self._graphql
            elif name == b"x-request-id":
                asked = value.decode("latin-1")
            elif name == b"origin":
                origin = value
        answer = [*random.choice(prepared), (b"x-request-id", request_id(asked).encode())]  # noqa: S311 - no secret
        if origin in self._origins and origin is not None:
            answer += _readable_for(origin)
        return answer, self._body


def _prepared(kind: str, length: int) -> list[Headers]:
    return [
        [
            (b"content-type", f"{kind}; charset=utf-8".encode()),
            (b"content-length", str(length).encode()),
            (b"retry-after", seconds),
            (b"cache-control", b"no-store"),
            (b"vary", b"accept, origin"),
            *EVERYWHERE,
        ]
        for seconds in COME_AGAIN_IN
    ]


def _readable_for(origin: bytes) -> Headers:
    return [
        (b"access-control-allow-origin", origin),
        (b"access-control-allow-credentials", b"true"),
        (b"access-control-expose-headers", b"retry-after, x-request-id"),
    ]
