"""Bytes over HTTP: one small Protocol, and the clients behind it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol

from bff.identity import Tls
from bff.timeline import clock
from bff.timeline.exchange import Exchange

__all__ = ["CONNECT_TIMEOUT", "Request", "Response", "Transport"]

CONNECT_TIMEOUT: Final = 1.0
"""Seconds after which an upstream that does not take the connection is unreachable."""


@dataclass(frozen=True, slots=True)
class Request:
    """One GET. `timeout` is in seconds and total, body included; `max_body` in bytes, after decompression."""

    url: str
    headers: Mapping[str, str] = field(repr=False)
    timeout: float
    max_body: int
    exchange: Exchange = field(default_factory=lambda: Exchange(clock.now(), 0))
    """Where the transport marks how far it has come."""

    tls: Tls | None = None
    """Whose certificate is shown, and who is trusted besides those that the system trusts."""


@dataclass(frozen=True, slots=True)
class Response:
    """What came back, whole. Header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Transport(Protocol):
    """Sends requests; owned by the app, closed with it.

    Redirects are not followed: an upstream may not send our users' data elsewhere.
    """

    async def send(self, request: Request) -> Response:
        """Any status is an answer.

        Raises `UpstreamUnreachable` (no connection), `UpstreamFailed` (it broke), `UpstreamInvalid` (not HTTP,
        or a body larger than `max_body`) or `DeadlineExceeded` (not whole within `timeout`).
        """

    async def close(self) -> None:
        """End what is under way, with `UpstreamFailed`, and drop every connection."""
