"""Who may look: anybody who reaches the listener, or whoever has the token."""

import base64
import binascii
import secrets
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

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
    """Before the whole app: under `guarded` it wants the token, if there is one, as the password of HTTP Basic.

    Without one it answers only who calls it by an address or as `localhost`: a page of another site that lets its own
    name lead here (DNS rebinding) calls it by that name.
    """

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

        await (self._refusal(scope) or self._app)(scope, receive, guarded)

    def _refusal(self, scope: Scope) -> Response | None:
        path: str = scope["path"]
        if not f"{path}/".startswith(f"{self._guarded}/"):
            return None
        headers = Headers(scope=scope)
        if self._token is None:
            return None if _is_no_name(headers.get("host", "")) else _named()
        scheme, _, given = headers.get("authorization", "").partition(" ")
        knows = scheme.lower() == "basic" and secrets.compare_digest(_password(given), self._token)
        return None if knows else _who()


def _password(given: str) -> bytes:
    """What stands behind the first colon."""
    try:
        return base64.b64decode(given.strip(), validate=True).partition(b":")[2]
    except (binascii.Error, ValueError):
        return b""


def _is_no_name(host: str) -> bool:
    """Whether it is an address, or always this machine."""
    try:
        name = urlsplit(f"//{host}").hostname or ""
        return name == "localhost" or name.endswith(".localhost") or bool(ip_address(name))
    except ValueError:
        return False


def _named() -> Response:
    return PlainTextResponse(
        "Without a token this is shown only by address, such as http://127.0.0.1:8001/, or as localhost. "
        "Set BFF_ADMIN_TOKEN to use another name.\n",
        421,
    )


def _who() -> Response:
    return PlainTextResponse(
        "The admin token is wanted here, as the password; any name will do.\n",
        401,
        {"www-authenticate": 'Basic realm="bff", charset="UTF-8"'},
    )
