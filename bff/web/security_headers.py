"""What every answer tells a browser, whatever it is, and whoever made it."""

from typing import Final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bff.web.proxies import Proxies

EVERYWHERE: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"referrer-policy", b"no-referrer"),
)
"""Unless the answer says otherwise, as a page does that has scripts of its own."""

BY_HTTPS: Final = (*EVERYWHERE, (b"strict-transport-security", b"max-age=31536000"))
"""Said of this host alone: what stands below it is nobody's business here."""


class SecurityHeaders:
    """Around everything, so that refusals and errors have them too."""

    def __init__(self, app: ASGIApp, *, proxies: Proxies) -> None:
        self._app, self._proxies = app, proxies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        ours = BY_HTTPS if self._by_https(scope) else EVERYWHERE

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                said = list(message.get("headers", ()))
                names = {name for name, _ in said}
                message["headers"] = said + [header for header in ours if header[0] not in names]
            await send(message)

        await self._app(scope, receive, guarded)

    def _by_https(self, scope: Scope) -> bool:
        """As the client's side of the nearest trusted proxy has it."""
        if scope.get("scheme") == "https":
            return True
        told = Headers(scope=scope).get("x-forwarded-proto")
        if told is None:
            return False
        client = scope.get("client")
        return told.rpartition(",")[2].strip().lower() == "https" and self._proxies.trusts(client and client[0])
