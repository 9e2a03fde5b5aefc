"""One call on its way to an upstream: for whom, with which headers, in how much time."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar
from urllib.parse import quote

from bff.cache.patience import Patience
from bff.decode import decode
from bff.errors import UpstreamInvalid
from bff.resilience.deadline import Deadline
from bff.timeline.call import Attempt, CallTimeline
from bff.timeline.trace import TraceContext
from bff.transport import Request, Transport
from bff.transport.status import raise_for_status

T = TypeVar("T")
Parameter = str | int | Sequence[str]


@dataclass(frozen=True, slots=True)
class Origin:
    """The request that a call is made for."""

    viewer: str
    request_id: str
    deadline: Deadline
    """The page's: every section's own is cut to what is left of it."""

    trace: TraceContext
    faults: Mapping[str, str] = field(default_factory=dict)
    """Source name → fault, in `bff dev` only: the simulated upstream breaks for this one request."""

    patience: Patience = field(default_factory=Patience)
    """With the cache server, for all that this page looks up."""

    calls: list[CallTimeline] = field(default_factory=list)
    """Made for this request; each may outlive it, and others may join."""

    def headers_for(self, source: str, span_id: str) -> dict[str, str]:
        """The headers that go upstream, where that span is the parent of what happens there."""
        headers = {
            "accept": "application/json",
            "x-request-id": self.request_id,
            "traceparent": self.trace.traceparent(span_id),
        }
        if source in self.faults:
            headers["x-dev-break"] = self.faults[source]
        return headers


@dataclass(frozen=True, slots=True)
class Ask:
    """What a source's method asks with."""

    source: str
    origin: Origin
    base_url: str
    max_body: int
    keep_alive: bool
    deadline: Deadline
    transport: Transport
    attempt: Attempt
    dropped: Callable[[int], None]

    @property
    def viewer(self) -> str:
        """The id of the signed-in user."""
        return self.origin.viewer

    async def get(self, path: str, shape: type[T], /, **parameters: Parameter) -> T:
        """GET `path` below the base URL, decoded as `shape`; a sequence is sent as `1,2,3`.

        Raises a `SourceError`. Items of a list that do not fit are dropped and counted.
        """
        left = self.deadline.left()
        url, headers = f"{self.base_url}{path}{_query(parameters)}", self._headers(left)
        exchange = self.attempt.sends(_size(url, headers))
        response = await self.transport.send(Request(url, headers, max(left, 0.001), self.max_body, exchange))
        if response.headers.get("x-request-id", self.origin.request_id) != self.origin.request_id:
            raise UpstreamInvalid("the answer says that it is another request's")
        raise_for_status(response)
        value, dropped = decode(response.body, shape)
        exchange.decoded()
        if dropped:
            self.dropped(dropped)
        return value

    def _headers(self, left: float) -> Mapping[str, str]:
        headers = self.origin.headers_for(self.source, self.attempt.span_id)
        headers["x-deadline-ms"] = str(int(left * 1000))
        if not self.keep_alive:
            headers["connection"] = "close"
        return headers


def _size(url: str, headers: Mapping[str, str]) -> int:
    """Roughly, of the request as it is sent."""
    return len(url) + sum(len(name) + len(value) + 4 for name, value in headers.items())


def _query(parameters: Mapping[str, Parameter]) -> str:
    encoded = "&".join(f"{name}={_encoded(value)}" for name, value in parameters.items())
    return f"?{encoded}" if encoded else ""


def _encoded(value: Parameter) -> str:
    if isinstance(value, str | int):
        return quote(str(value), safe="")
    return ",".join(quote(item, safe="") for item in value)
