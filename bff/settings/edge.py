"""What stands between the world and the page, as the settings have it. Durations in seconds, sizes in bytes."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from bff.resilience.mode import Mode


@dataclass(frozen=True, slots=True)
class Limit:
    """The most there may be of something; whether more is refused, or only told."""

    most: int
    mode: Mode = Mode.ENFORCE


@dataclass(frozen=True, slots=True)
class Limits:
    """Of one request. Counted on the document as it would run, fragments expanded."""

    tokens: Limit = Limit(1_000)
    depth: Limit = Limit(8)
    aliases: Limit = Limit(15)
    directives: Limit = Limit(50)
    cost: Limit = Limit(1_000)
    """Objects that an answer may hold, lists multiplied by their `first`."""

    document: Limit = Limit(32_000)
    body: Limit = Limit(100_000)


class TrustedDocuments(StrEnum):
    """What documents registered beforehand mean for all others."""

    OFF = "off"
    """There are none."""

    PREFER = "prefer"
    """They may be asked for by their id; any other document runs too."""

    ONLY = "only"
    """No other document runs."""


@dataclass(frozen=True, slots=True)
class Operations:
    """`manifest` is the frontend's `persisted-documents.json`; `automatic` whether clients may register documents."""

    trusted: TrustedDocuments = TrustedDocuments.OFF
    manifest: Path | None = None
    automatic: bool = True


@dataclass(frozen=True, slots=True)
class Rate:
    """So many requests in so many seconds."""

    count: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Rates:
    """None is no limit."""

    viewer: Rate | None = None
    address: Rate | None = None
    mode: Mode = Mode.ENFORCE


@dataclass(frozen=True, slots=True)
class Overload:
    """When pages are shed, and whether the process says that it is not ready then."""

    pages_in_flight: int
    mode: Mode = Mode.ENFORCE
    unready_at: float | None = None
    """The share of requests shed at which readiness goes off; None: never."""

    lead: float = 0.0
    """For how long a process that is to end says that it is not ready before it stops to listen."""


@dataclass(frozen=True, slots=True)
class ClientConnections:
    """How many there may be, and how long one may take for what it owes."""

    most: int = 10_000
    headers: float = 10.0
    """For a request's headers, from their first byte or the connection's beginning."""

    body: float = 10.0
    idle: float = 10.0
    idle_of_proxies: float = 75.0
    """The same for trusted proxies, which keep connections for the next request."""

    unread: float = 10.0
    """For taking what was answered."""
