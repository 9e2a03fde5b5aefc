"""The default client: reqwest, by pyreqwest."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from pyreqwest.client import Client, ClientBuilder
from pyreqwest.exceptions import BuilderError, DecodeError, PyreqwestError, ReadError, RequestTimeoutError
from pyreqwest.response import Response as PyreqwestResponse

from bff.errors import (
    DeadlineExceeded,
    SourceError,
    UpstreamFailed,
    UpstreamInvalid,
    UpstreamUnreachable,
)
from bff.identity import Tls
from bff.transport import CONNECT_TIMEOUT, Request, Response
from bff.transport.tls import TlsError, authorities, chain, check

IDLE_CONNECTIONS_PER_HOST: Final = 128
IDLE_TIMEOUT: Final = timedelta(seconds=30)

NOTHING: Final = 0
"""Bytes of the body that are read before the answer counts as begun: else a slow body looks like a slow first byte."""

# pyreqwest's classes do not tell these apart (a hanging upstream is a "connect timeout" there), its causes do.
CONNECTING: Final = "client error (Connect)"
ALERT: Final = "received fatal alert"
"""How TLS begins to say that the other side will not talk to us: for it does not like our certificate, most likely."""

OF_THE_BODY: Final = "request or response body error"
READING: Final = "error reading a body from connection"
MALFORMED: Final = ("invalid chunk", "invalid trailer", "chunk ")
"""How what is said of chunks begins that are none, in lower case."""


class PyreqwestTransport:
    """Speaks HTTP/1.1 with kept-alive connections.

    It has no limit on connections, on purpose: its own limit is wedged by cancelled calls. Bulkheads bound it.
    A call that is cancelled, or ended by `close`, keeps its connection until its own timeout.

    A client shows one certificate, so there is one for each of `identities`: their files are read here, and `TlsError`
    says what is wrong with one. Others are read when a request first has them.
    """

    def __init__(self, identities: Iterable[Tls] = ()) -> None:
        self._clients: dict[Tls | None, Client] = {None: _client(), **{tls: _client(tls) for tls in identities}}
        self._closed = False
        self._reading: set[asyncio.Task[Any] | None] = set()

    async def send(self, request: Request) -> Response:
        """As `Transport.send` says."""
        if self._closed:
            raise UpstreamFailed("the client was closed")
        client = self._client_for(request.tls)
        timeout = timedelta(seconds=request.timeout)
        try:
            building = (
                client.get(request.url)
                .headers(request.headers)
                .timeout(timeout)
                .streamed_read_buffer_limit(NOTHING)
                .build_streamed()
            )
        except ValueError:
            raise UpstreamInvalid("the request could not be built: is the base URL right?") from None
        try:
            async with building as answer:
                request.exchange.answered(answer.status)
                body = await self._read(answer, request.max_body)
                request.exchange.whole(len(body))
                return Response(answer.status, _headers(answer), body)
        except PyreqwestError as error:
            raise _translated(error) from None  # its text holds the URL, and with it the user's id

    async def close(self) -> None:
        """As `Transport.close` says."""
        self._closed = True
        clients, self._clients = self._clients, {}  # connections that are idle go with the last reference
        for task in self._reading:
            if task is not None:
                task.cancel()
        for client in clients.values():
            await client.close()

    def _client_for(self, tls: Tls | None) -> Client:
        client = self._clients.get(tls)
        if client is None:
            try:
                client = self._clients[tls] = _client(tls)
            except TlsError as error:
                raise UpstreamUnreachable(f"no connection could be made: {error}") from None
        return client

    async def _read(self, answer: PyreqwestResponse, most: int) -> bytes:
        """The client ends what waits for an answer when it is closed, and not what reads one: that is ended here."""
        task = asyncio.current_task()
        self._reading.add(task)
        try:
            return await _body(answer, most)
        except asyncio.CancelledError:
            if not self._closed or task is None or task.uncancel() > 0:
                raise
            raise UpstreamFailed("the client was closed") from None
        finally:
            self._reading.discard(task)


def _client(tls: Tls | None = None) -> Client:
    builder = _builder()
    if tls is None:
        return builder.build()
    check(tls)
    for authority in authorities(tls):
        builder = builder.add_root_certificate_pem(authority)
    try:
        if (shown := chain(tls)) is not None:
            builder = builder.identity_pem(shown)
        return builder.build()
    except (BuilderError, ValueError):
        raise TlsError("certificate", tls.certificate or tls.ca, "cannot be used") from None


def _builder() -> ClientBuilder:
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
        case _ if CONNECTING in causes or (causes and causes[-1].startswith(ALERT)):
            return UpstreamUnreachable(f"no connection could be made: {causes[-1]}")
        case RequestTimeoutError():
            return DeadlineExceeded("the answer was not whole in time")
        case BuilderError():
            return UpstreamInvalid("the request could not be built: is the base URL right?")
        case _ if _is_nonsense(error, causes):
            return UpstreamInvalid("what came is not HTTP, or its body could not be decoded")
        case _:
            return UpstreamFailed("the connection broke before the answer was whole")


def _is_nonsense(error: PyreqwestError, causes: Sequence[str]) -> bool:
    """Whether it came, and made no sense."""
    if OF_THE_BODY not in causes:
        return isinstance(error, DecodeError)
    if READING in causes:
        return causes[-1].lower().startswith(MALFORMED)
    return not isinstance(error, ReadError)


def _causes(error: PyreqwestError) -> Sequence[str]:
    """Outermost first."""
    details = getattr(error, "details", {})
    return [cause["message"] for cause in details.get("causes") or ()]
