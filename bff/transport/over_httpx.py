"""The second client: httpx, for whatever it can do that the default cannot.

`MockTransport`, `ASGITransport`, custom authentication, proxies: hand over an `httpx.AsyncClient` made to taste.
"""

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Iterable
from typing import Final

import anyio
import httpx

from bff.errors import DeadlineExceeded, SourceError, UpstreamFailed, UpstreamInvalid, UpstreamUnreachable
from bff.identity import Tls
from bff.timeline import clock
from bff.timeline.exchange import Exchange
from bff.transport import CONNECT_TIMEOUT, Request, Response
from bff.transport.bounded_body import read_gzip, read_plain
from bff.transport.tls import TlsError, load_into

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

    A client shows one certificate: requests that want another go by one of httpx's own. Those of `identities` are made
    here, and `TlsError` says what is wrong with a file; others are made when a request first wants them.
    """

    def __init__(
        self, client: httpx.AsyncClient, *, max_connections: int = 100, identities: Iterable[Tls] = ()
    ) -> None:
        self._clients: dict[Tls | None, httpx.AsyncClient] = {None: client}
        for tls in identities:
            self._client_for(tls)
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
        for client in self._clients.values():
            await client.aclose()

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
            async with self._client_for(request.tls).stream(
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
        except (httpx.HTTPError, httpx.InvalidURL, ssl.SSLError, TlsError) as error:
            raise _translated(error) from None

    def _client_for(self, tls: Tls | None) -> httpx.AsyncClient:
        if tls not in self._clients:
            assert tls is not None, "the client without one is there from the start"
            self._clients[tls] = _client(tls)
        return self._clients[tls]


def _client(tls: Tls) -> httpx.AsyncClient:
    context = ssl.create_default_context()
    load_into(context, tls)
    return httpx.AsyncClient(verify=context, trust_env=False)


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
        case TlsError() | ssl.SSLError():  # the second httpx lets through: the other side will not talk to us
            reason = error.reason if isinstance(error, ssl.SSLError) else error
            return UpstreamUnreachable(f"no connection could be made: {reason}")
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
