"""Who may look: anybody who reaches the listener, or whoever has the token."""

import base64
import binascii
import secrets
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADERS: Final = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
    "x-frame-options": "DENY",
    "cross-origin-resource-policy": "same-origin",
}

NEVER_CHANGES: Final = "default-src 'none'; base-uri 'none'; frame-ancestors 'none'"


class Gate:
    """Before the whole app: under `guarded` it wants the token, if there is one, as the password of HTTP Basic."""

    def __init__(self, app: ASGIApp, *, token: str | None, guarded: str, styles: str) -> None:
        """`styles` is what the policy says of style sheets."""
        self._app, self._guarded = app, guarded
        self._token = None if token is None else token.encode()
        policy = f"{NEVER_CHANGES}; form-action 'self'; img-src 'self' data:; style-src {styles}"
        self._headers = {**HEADERS, "content-security-policy": policy}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(self._headers)
            await send(message)

        app = self._app if self._may(scope) else _who()
        await app(scope, receive, guarded)

    def _may(self, scope: Scope) -> bool:
        path: str = scope["path"]
        if self._token is None or not f"{path}/".startswith(f"{self._guarded}/"):
            return True
        scheme, _, given = Headers(scope=scope).get("authorization", "").partition(" ")
        return scheme.lower() == "basic" and secrets.compare_digest(_password(given), self._token)


def _password(given: str) -> bytes:
    """What stands behind the first colon."""
    try:
        return base64.b64decode(given.strip(), validate=True).partition(b":")[2]
    except (binascii.Error, ValueError):
        return b""


def _who() -> Response:
    return PlainTextResponse(
        "The admin token is wanted here, as the password; any name will do.\n",
        401,
        {"www-authenticate": 'Basic realm="bff", charset="UTF-8"'},
    )
