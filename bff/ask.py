"""One call on its way to an upstream: for whom, with which headers, in how much time."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar
from urllib.parse import quote

from bff.cache.patience import Patience
from bff.decode import decode
from bff.distrust.letting_through import let_through
from bff.errors import UpstreamInvalid
from bff.introduction import Introduction
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

    forwarded: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Inbound headers that some source is to get."""


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
    dropped: Callable[[int, str], None]
    """Told how many items were dropped, and why."""

    introduction: Introduction = field(default_factory=Introduction)

    @property
    def viewer(self) -> str:
        """By what name this upstream knows the signed-in user: the id, or an external one's pseudonym."""
        return self.pseudonym(self.origin.viewer)

    def pseudonym(self, user_id: str) -> str:
        """The same for any user: of users, whose ids are keys of a batch for instance, ask by these.

        ids = {ask.pseudonym(user_id): user_id for user_id in user_ids}
        scores = await ask.get("/scores", list[ScoreRecord], ids=list(ids))
        return {ids[score.user_id]: score for score in scores if score.user_id in ids}
        """
        return self.introduction.user(user_id)

    async def get(self, path: str, shape: type[T], /, **parameters: Parameter) -> T:
        """GET `path` below the base URL, decoded as `shape`; a sequence is sent as `1,2,3`.

        Raises a `SourceError`. Items of a list that do not fit, or may not be shown, are dropped and counted.
        """
        left = self.deadline.left()
        request_id = self.introduction.request(self.origin.request_id)
        url, headers = f"{self.base_url}{path}{_query(parameters)}", self._headers(left, request_id)
        exchange = self.attempt.sends(_size(url, headers))
        response = await self.transport.send(
            Request(url, headers, max(left, 0.001), self.max_body, exchange, self.introduction.tls)
        )
        if response.headers.get("x-request-id", request_id) != request_id:
            raise UpstreamInvalid("the answer says that it is another request's")
        raise_for_status(response)
        value, invalid = decode(response.body, shape)
        value, untrusted = let_through(value, shape, self.introduction.link_hosts)
        exchange.decoded()
        if invalid:
            self.dropped(invalid, "invalid")
        if untrusted:
            self.dropped(untrusted, "untrusted")
        return value

    def _headers(self, left: float, request_id: str) -> Mapping[str, str]:
        introduction, origin = self.introduction, self.origin
        headers = {**introduction.headers, "x-request-id": request_id, "x-deadline-ms": str(int(left * 1000))}
        if introduction.traced:
            headers["traceparent"] = origin.trace.traceparent(self.attempt.span_id)
        if origin.forwarded:
            headers |= introduction.forwarded(origin.forwarded)
        if self.source in origin.faults:
            headers["x-dev-break"] = origin.faults[self.source]
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
