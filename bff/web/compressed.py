"""Answers made smaller on their way out, where the client takes that."""

import asyncio
from functools import lru_cache
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bff.web.compression import CODINGS, coding_for

LEAST: Final = 1_000
"""Bytes. Less fits into one packet as it is."""

MOST_AT_ONCE: Final = 128_000
"""Bytes. More would hold up the event loop for over a millisecond, so a thread does it."""

KINDS: Final = frozenset(
    {
        "application/json",
        "application/graphql-response+json",
        "application/javascript",
        "image/svg+xml",
        "text/css",
        "text/html",
        "text/javascript",
        "text/plain",
    }
)
"""Not pictures, which are compressed already, and no streams: each of their parts is for now."""

KNOWN_CLIENTS: Final = 64


class Compressed:
    """Compresses bodies that come whole. Those that come in parts are left alone."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._coding_for = lru_cache(KNOWN_CLIENTS)(coding_for)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http" or scope["method"] == "HEAD":
            await self._app(scope, receive, send)
            return
        coding = self._coding_for(Headers(scope=scope).get("accept-encoding", ""))
        await self._app(scope, receive, _OneAnswer(coding, send))


class _OneAnswer:
    """A `Send`. Holds the answer's start back until it knows whether the body is whole."""

    def __init__(self, coding: str | None, send: Send) -> None:
        self._coding, self._send = coding, send
        self._start: Message | None = None

    async def __call__(self, message: Message) -> None:
        """Pass it on, in the end."""
        if message["type"] == "http.response.start":
            if self._may_be_compressed(message):
                self._start = message
                return
        elif self._start is not None:
            start, self._start = self._start, None
            if self._is_worth_it(message):
                message = await _compressed(start, message, str(self._coding))
            await self._send(start)
        await self._send(message)

    def _may_be_compressed(self, start: Message) -> bool:
        """Whether the answer is of such a kind; then it varies, also for those who get it as it is."""
        headers = MutableHeaders(scope=start)
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        not_changed = start["status"] == 304
        if kind not in KINDS and not not_changed:
            return False
        headers.add_vary_header("accept-encoding")
        whole = not not_changed and start["status"] != 206
        return self._coding is not None and whole and "content-encoding" not in headers

    def _is_worth_it(self, message: Message) -> bool:
        whole = message["type"] == "http.response.body" and not message.get("more_body", False)
        return whole and len(message.get("body", b"")) >= LEAST


async def _compressed(start: Message, message: Message, coding: str) -> Message:
    """The whole body made smaller, and its headers made to fit."""
    compress = CODINGS[coding]
    body = message["body"]
    smaller = compress(body) if len(body) <= MOST_AT_ONCE else await asyncio.to_thread(compress, body)
    headers = MutableHeaders(scope=start)
    headers["content-encoding"] = coding
    headers["content-length"] = str(len(smaller))
    if (etag := headers.get("etag", "")).startswith('"'):
        headers["etag"] = f"W/{etag}"  # the same to read, not byte for byte
    if "accept-ranges" in headers:
        del headers["accept-ranges"]  # a part of the file is not a part of this
    return {**message, "body": smaller}
