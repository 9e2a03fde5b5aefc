"""The default client: reqwest, by pyreqwest."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from pyreqwest.client import Client, ClientBuilder
from pyreqwest.exceptions import (
    BuilderError,
    ConnectError,
    ConnectTimeoutError,
    DecodeError,
    PyreqwestError,
    RequestTimeoutError,
)
from pyreqwest.response import Response as PyreqwestResponse

from bff.errors import (
    DeadlineExceeded,
    SourceError,
    UpstreamFailed,
    UpstreamInvalid,
    UpstreamUnreachable,
)
from bff.transport import Request, Response

CONNECT_TIMEOUT: Final = timedelta(seconds=1)
IDLE_CONNECTIONS_PER_HOST: Final = 128
IDLE_TIMEOUT: Final = timedelta(seconds=30)


class PyreqwestTransport:
    """Speaks HTTP/1.1 with kept-alive connections.

    It has no limit on connections, on purpose: its own limit is wedged by cancelled calls. Bulkheads bound it.
    """

    def __init__(self) -> None:
        self._client = _client()

    async def send(self, request: Request) -> Response:
        """As `Transport.send` says."""
        building = self._client.get(request.url).headers(request.headers).timeout(timedelta(seconds=request.timeout))
        try:
            async with building.build_streamed() as answer:
                body = await _body(answer, request.max_body)
                return Response(answer.status, _headers(answer), body)
        except PyreqwestError as error:
            raise _translated(error) from error

    async def close(self) -> None:
        """Drop every connection."""
        await self._client.close()


def _client() -> Client:
    return (
        ClientBuilder()
        .user_agent("bff")
        .follow_redirects(False)
        .referer(False)
        .no_proxy()
        .connect_timeout(CONNECT_TIMEOUT)
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
    return dict(answer.headers.items())


def _translated(error: PyreqwestError) -> SourceError:
    match error:
        case ConnectError() | ConnectTimeoutError():
            return UpstreamUnreachable("no connection could be made")
        case RequestTimeoutError():
            return DeadlineExceeded("the answer was not whole in time")
        case DecodeError():
            return UpstreamInvalid("the body could not be decoded")
        case BuilderError():
            return UpstreamInvalid("the request could not be built: is the base URL right?")
        case _:
            return UpstreamFailed("the connection broke before the answer was whole")
