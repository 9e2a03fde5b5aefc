"""A request's waterfall, as data that can be sent. Times are seconds since the request began."""

from enum import StrEnum

import msgspec


class Phase(StrEnum):
    """What somebody was busy with, or waited for."""

    VIEWER = "viewer"
    """Who asks: the token and its keys."""

    BODY_IN = "request body"
    DOCUMENT = "document"
    """Parsed, validated, its variables checked."""

    CACHE = "cache"
    """The look into the cache, and the lease by which one process fetches for all."""

    ELSEWHERE = "elsewhere"
    """Another process fetches the same: waiting for what it brings."""

    QUEUE = "queue"
    """Waiting for a slot: the bulkhead is full."""

    BACKOFF = "backoff"
    """Between two attempts."""

    CONNECT = "connect"
    FIRST_BYTE = "first byte"
    """The request is sent, no answer yet. Includes connecting where the transport shows no more."""

    BODY = "body"
    """From the first byte of the answer to its last."""

    DECODE = "decode"
    RESOLVE = "resolve"
    """Our own work: resolvers, GraphQL, the event loop's turn."""

    SERIALISE = "serialise"


class Bar(msgspec.Struct, frozen=True):
    """A stretch of time."""

    phase: Phase
    start: float
    end: float


class AttemptBars(msgspec.Struct, frozen=True):
    """One attempt of a call. `end` is None while it is under way, and of its phases the last one is open then too: it
    ends where the picture was taken.
    """

    start: float
    end: float | None
    bars: tuple[Bar, ...]
    status: int | None
    code: str | None
    bytes_out: int
    bytes_in: int
    hedge: bool
    """It races the one before it."""


class CallBars(msgspec.Struct, frozen=True):
    """One call of a source, also what of it lies before the request (it joined a call under way: `start` is negative)
    or after it.
    """

    source: str
    call: str
    keys: int
    start: float
    end: float | None
    before: tuple[Bar, ...]
    """Cache, elsewhere and queue: before the first attempt; backoff between attempts."""

    attempts: tuple[AttemptBars, ...]
    code: str | None
    reason: str | None
    made_for: str | None
    """Another request's id, where this one only joined."""


class LoadBars(msgspec.Struct, frozen=True):
    """What a section loaded: `bars` has no gaps. `field` is a field further in (`sender`), None for its own."""

    source: str
    call: str
    field: str | None
    keys: int
    start: float
    end: float
    bars: tuple[Bar, ...]
    waited_for: int | None
    """The index of the call in `Waterfall.calls`."""

    code: str | None = None
    """Why there is no value."""


class SectionBars(msgspec.Struct, frozen=True):
    """One section. `bars` covers it from start to end without gaps."""

    name: str
    path: str
    """As in the answer: `landingPage.messages`."""

    source: str
    core: bool
    state: str
    """The rung of the ladder: LIVE, CACHED, STALE, TIMED_OUT, UNAVAILABLE, SHED or DISABLED."""

    code: str | None
    age: float | None
    """Seconds since its data was fetched."""

    start: float
    end: float
    bars: tuple[Bar, ...]
    loads: tuple[LoadBars, ...]


class Step(msgspec.Struct, frozen=True):
    """A piece of the critical path: what the page was waiting for, and on whose behalf."""

    what: str
    """A section, or the phase of the page itself."""

    source: str | None
    phase: Phase
    start: float
    end: float


class Without(msgspec.Struct, frozen=True):
    """How long the page would have taken without a source."""

    source: str
    seconds: float


class Waterfall(msgspec.Struct, frozen=True):
    """One request. `seconds` is None, and the last of `bars` open, while it is under way."""

    request_id: str
    trace_id: str
    operation: str | None
    client: str | None
    started: float
    """Seconds since the epoch."""

    seconds: float | None
    status: int | None
    verdict: str | None
    code: str | None
    bytes_out: int
    bars: tuple[Bar, ...]
    """The page's own phases, without gaps; `resolve` stands for all of its execution."""

    sections: tuple[SectionBars, ...]
    calls: tuple[CallBars, ...]
    critical: tuple[Step, ...]
    """In order, without gaps, from the beginning to the end."""

    without: tuple[Without, ...]
    """For each source that was asked, the one that saves most first."""

    gateway: bool = False
    """It came through one: a proxy left its mark in the headers."""
