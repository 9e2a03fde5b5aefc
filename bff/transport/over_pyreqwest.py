"""The default client: reqwest, by pyreqwest."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final

from pyreqwest.client import Client, ClientBuilder
from pyreqwest.exceptions import BuilderError, DecodeError, PyreqwestError, RequestTimeoutError
from pyreqwest.response import Response as PyreqwestResponse

from bff.errors import (
    DeadlineExceeded,
    SourceError,
    UpstreamFailed,
    UpstreamInvalid,
    UpstreamUnreachable,
)
from bff.transport import CONNECT_TIMEOUT, Request, Response

IDLE_CONNECTIONS_PER_HOST: Final = 128
IDLE_TIMEOUT: Final = timedelta(seconds=30)

# pyreqwest's classes do not tell these apart (a hanging upstream is a "connect timeout" there), its causes do.
CONNECTING: Final = "client error (Connect)"
CUT_SHORT: Final = "end of file before message length reached"


class PyreqwestTransport:
    """Speaks HTTP/1.1 with kept-alive connections.

    It has no limit on connections, on purpose: its own limit is wedged by cancelled calls. Bulkheads bound it.
    A call that is cancelled, or ended by `close`, keeps its connection until its own timeout.
    """

    def __init__(self) -> None:
        self._client: Client | None = _client()

    async def send(self, request: Request) -> Response:
        """As `Transport.send` says."""
        if (client := self._client) is None:
            raise UpstreamFailed("the client was closed")
        timeout = timedelta(seconds=request.timeout)
        try:
            building = client.get(request.url).headers(request.headers).timeout(timeout).build_streamed()
        except ValueError:
            raise UpstreamInvalid("the request could not be built: is the base URL right?") from None
        try:
            async with building as answer:
                body = await _body(answer, request.max_body)
                return Response(answer.status, _headers(answer), body)
        except PyreqwestError as error:
            raise _translated(error) from None  # its text holds the URL, and with it the user's id

    async def close(self) -> None:
        """As `Transport.close` says."""
        client, self._client = self._client, None  # connections that are idle go with the last reference
        if client is not None:
            await client.close()


def _client() -> Client:
    return (
        ClientBuilder()
        .user_agent("bff")
        .follow_redirects(False)
        .referer(False)
        .no_proxy()
        .http1_only()
        .connect_timeout(timedelta(seconds=CONNECT_TIMEOUT))
        .pool_idle_timeout(IDLE_TIMEOUT)
        .pool_max_idle_per_host(IDLE_CONNECTIONS_PER_HOST)
        .build()
    )


async def _body(answer: PyreqwestResponse, max_body: int) -> bytes:
    body = bytearray()
    reader = answer.body_reader
    while (chunk := await reader.read_chunk()) is not None:
        if len(body) + len(chunk) > max_body:
            raise UpstreamInvalid(f"the body is larger than {max_body} bytes")
        body += chunk
    return bytes(body)


def _headers(answer: PyreqwestResponse) -> Mapping[str, str]:
    try:
        return dict(answer.headers.items())
    except ValueError:  # a value that is not ASCII is left out, the others are told
        return {name: value for name in answer.headers if (value := _ascii(answer, name)) is not None}


def _ascii(answer: PyreqwestResponse, name: str) -> str | None:
    try:
        return answer.headers[name]
    except ValueError:
        return None


def _translated(error: PyreqwestError) -> SourceError:
    causes = _causes(error)
    match error:
        case _ if CONNECTING in causes:
            return UpstreamUnreachable(f"no connection could be made: {causes[-1]}")
        case RequestTimeoutError():
            return DeadlineExceeded("the answer was not whole in time")
        case BuilderError():
            return UpstreamInvalid("the request could not be built: is the base URL right?")
        case DecodeError() if CUT_SHORT not in causes:
            return UpstreamInvalid("what came is not HTTP, or its body could not be decoded")
        case _:
            return UpstreamFailed("the connection broke before the answer was whole")


def _causes(error: PyreqwestError) -> Sequence[str]:
    """Outermost first."""
    details = getattr(error, "details", {})
    return [cause["message"] for cause in details.get("causes") or ()]
