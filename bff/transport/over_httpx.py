"""The second client: httpx, for whatever it can do that the default cannot.

`MockTransport`, `ASGITransport`, custom authentication, proxies: hand over an `httpx.AsyncClient` made to taste.
Cancelled calls wedge httpx's connection pool, so calls run in tasks of their own that end by their own timeout.
"""

import asyncio
from collections.abc import Callable

import httpx

from bff.errors import DeadlineExceeded, SourceError, UpstreamFailed, UpstreamInvalid, UpstreamUnreachable
from bff.transport import Request, Response


class HttpxTransport:
    """Sends with the given client and owns it from then on."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client
        self._calls: set[asyncio.Task[Response]] = set()

    async def send(self, request: Request) -> Response:
        """As `Transport.send` says."""
        call = asyncio.create_task(self._send(request))
        self._calls.add(call)
        call.add_done_callback(_forget(self._calls))
        return await asyncio.shield(call)

    async def close(self) -> None:
        """End what is under way and drop every connection."""
        for call in self._calls:
            call.cancel()
        await asyncio.gather(*self._calls, return_exceptions=True)
        await self._client.aclose()

    async def _send(self, request: Request) -> Response:
        try:
            async with (
                asyncio.timeout(request.timeout),
                self._client.stream(
                    "GET",
                    request.url,
                    headers=dict(request.headers),
                    timeout=request.timeout,
                    follow_redirects=False,
                ) as answer,
            ):
                body = await _body(answer, request.max_body)
                return Response(answer.status_code, dict(answer.headers), body)
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
            raise _translated(error) from error


async def _body(answer: httpx.Response, max_body: int) -> bytes:
    body = bytearray()
    async for chunk in answer.aiter_bytes(64 * 1024):
        if len(body) + len(chunk) > max_body:
            raise UpstreamInvalid(f"the body is larger than {max_body} bytes")
        body += chunk
    return bytes(body)


def _forget(calls: set[asyncio.Task[Response]]) -> Callable[[asyncio.Task[Response]], None]:
    def done(call: asyncio.Task[Response]) -> None:
        calls.discard(call)
        if not call.cancelled():
            call.exception()  # a caller that has gone away will not read it

    return done


def _translated(error: Exception) -> SourceError:
    match error:
        case httpx.ConnectError() | httpx.ConnectTimeout():
            return UpstreamUnreachable("no connection could be made")
        case httpx.TimeoutException() | TimeoutError():
            return DeadlineExceeded("the answer was not whole in time")
        case httpx.DecodingError():
            return UpstreamInvalid("the body could not be decoded")
        case httpx.InvalidURL() | httpx.UnsupportedProtocol():
            return UpstreamInvalid("the request could not be built: is the base URL right?")
        case _:
            return UpstreamFailed("the connection broke before the answer was whole")
