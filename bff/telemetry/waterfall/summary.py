"""One line of a list of requests."""

import msgspec


class Summary(msgspec.Struct, frozen=True):
    """What a list shows of a request."""

    request_id: str
    trace_id: str
    operation: str | None
    client: str | None
    started: float
    """Seconds since the epoch."""

    seconds: float | None
    """None while it is under way."""

    status: int | None
    verdict: str | None
    code: str | None
    sources: tuple[str, ...]
    """All that it asked."""

    degraded: tuple[str, ...]
    """`recommendations TIMED_OUT DEADLINE_EXCEEDED`, for each section that is missing, or stale for a fault."""

    slowest: str | None
    """What was most of its critical path: `recommendations: first byte`."""


class Wanted(msgspec.Struct, frozen=True):
    """Which requests to list. None: any."""

    kind: str = "latest"
    """`latest`, `slowest` or `degraded`."""

    operation: str | None = None
    source: str | None = None
    """It asked this source."""

    status: str | None = None
    """An HTTP status (`503`), a verdict (`degraded`) or a state of a section (`TIMED_OUT`)."""

    most: int = 50
