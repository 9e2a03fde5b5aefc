"""The second client: httpx, for whatever it can do that the default cannot.

`MockTransport`, `ASGITransport`, custom authentication, proxies: hand over an `httpx.AsyncClient` made to taste.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

import anyio
import httpx

from bff.errors import DeadlineExceeded, SourceError, UpstreamFailed, UpstreamInvalid, UpstreamUnreachable
from bff.timeline import clock
from bff.timeline.exchange import Exchange
from bff.transport import CONNECT_TIMEOUT, Request, Response
from bff.transport.bounded_body import read_gzip, read_plain

# A connection for each call: what an upstream sends beyond its answer, httpx would give to whoever is next on that
# connection, and that may be another user.
HEADERS: Final = {"accept-encoding": "gzip", "connection": "close"}

# httpx raises one class for a connection that broke and for what is not HTTP; only the text tells them apart.
BROKE: Final = ("Server disconnected", "peer closed connection")


class HttpxTransport:
    """Sends with the given client, over HTTP/1.1, and owns it from then on.

    `max_connections` is the client's own limit, httpx's default unless it was made with another. Calls beyond it wait
    here: a call that is cancelled while it waits in httpx's pool takes a connection with it for good. For the same
    reason calls run in tasks of their own and are ended by anyio's cancellation, from which httpx shields its pool.
    """

    def __init__(self, client: httpx.AsyncClient, *, max_connections: int = 100) -> None:
        self._client = client
        self._slots = asyncio.Semaphore(max_connections)
        self._calls: dict[asyncio.Task[Response], anyio.CancelScope] = {}
        self._closed = False

    async def send(self, request: Request) -> Response:
        """As `Transport.send` says."""
        scope = anyio.move_on_after(request.timeout)
        call = asyncio.create_task(self._call(request, scope))
        self._calls[call] = scope
        call.add_done_callback(_forget(self._calls))
        try:
            await asyncio.wait((call,))
        except asyncio.CancelledError:
            scope.cancel()
            raise
        return call.result()

    async def close(self) -> None:
        """As `Transport.close` says."""
        self._closed = True
        for scope in self._calls.values():
            scope.cancel()
        await asyncio.gather(*self._calls, return_exceptions=True)
        await self._client.aclose()

    async def _call(self, request: Request, scope: anyio.CancelScope) -> Response:
        with scope:
            async with self._slots:
                return await self._answer(request)
        if self._closed:
            raise UpstreamFailed("the client was closed")
        raise DeadlineExceeded("the answer was not whole in time")

    async def _answer(self, request: Request) -> Response:
        if self._closed:
            raise UpstreamFailed("the client was closed")
        try:
            async with self._client.stream(
                "GET",
                request.url,
                headers={**HEADERS, **request.headers},
                timeout=httpx.Timeout(None, connect=CONNECT_TIMEOUT),
                follow_redirects=False,
                extensions={"trace": _connected(request.exchange)},
            ) as answer:
                request.exchange.answered(answer.status_code)
                body = await _body(answer, request.max_body)
                request.exchange.whole(len(body))
                return Response(answer.status_code, dict(answer.headers), body)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise _translated(error) from None


def _connected(exchange: Exchange) -> Callable[[str, object], Awaitable[None]]:
    async def trace(event: str, _: object) -> None:
        if event.endswith(".send_request_headers.started"):
            exchange.connected_at = clock.now()

    return trace


async def _body(answer: httpx.Response, most: int) -> bytes:
    if answer.is_stream_consumed:  # as MockTransport's is: whole and unpacked already
        return await read_plain(answer.aiter_bytes(), most)
    match answer.headers.get("content-encoding", "identity"):
        case "identity":
            return await read_plain(answer.aiter_raw(), most)
        case "gzip":
            return await read_gzip(answer.aiter_raw(), most)
        case _:
            raise UpstreamInvalid("the body comes in an encoding that was not asked for: only gzip is")


def _forget(calls: dict[asyncio.Task[Response], anyio.CancelScope]) -> Callable[[asyncio.Task[Response]], None]:
    def done(call: asyncio.Task[Response]) -> None:
        del calls[call]
        if not call.cancelled():
            call.exception()  # a caller that has gone away will not read it

    return done


def _translated(error: Exception) -> SourceError:
    match error:
        case httpx.ConnectError() | httpx.ConnectTimeout() | httpx.ProxyError():
            return UpstreamUnreachable(f"no connection could be made: {str(error) or 'timed out'}")
        case httpx.TimeoutException():
            return DeadlineExceeded("the answer was not whole in time")
        case httpx.InvalidURL() | httpx.UnsupportedProtocol():
            return UpstreamInvalid("the request could not be built: is the base URL right?")
        case httpx.RemoteProtocolError() if not str(error).startswith(BROKE):
            return UpstreamInvalid("what came is not HTTP")
        case _:
            return UpstreamFailed("the connection broke before the answer was whole")
