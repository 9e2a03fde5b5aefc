"""One request from its headers to its answer."""

from dataclasses import dataclass, field
from enum import StrEnum

from bff.report import FAULTS, Report
from bff.timeline import clock
from bff.timeline.call import CallTimeline
from bff.timeline.trace import TraceContext


class Verdict(StrEnum):
    """What became of a page."""

    WHOLE = "whole"
    """Every section is there; it may be older than its TTL while it is asked for again."""

    DEGRADED = "degraded"
    """A section, or something further in, is missing for a fault, or stale because its upstream was slow or failing."""

    CORE_MISSING = "core_missing"
    """A core section is missing: it counts against the service level."""

    REFUSED = "refused"
    """Nothing was executed: not signed in, not a query, over a limit."""

    CRASHED = "crashed"
    """A bug of ours."""

    GONE = "gone"
    """The client left before its answer."""


class PagePhase(StrEnum):
    """What a request is busy with, in order."""

    VIEWER = "viewer"
    """Who asks."""

    BODY = "body"
    """The request's body is read."""

    DOCUMENT = "document"
    """Parsed, validated, its variables checked."""

    EXECUTE = "execute"
    SERIALISE = "serialise"


@dataclass(slots=True)
class PageTimeline:
    """Marks as far as it came. Holds neither the viewer nor variables nor data."""

    request_id: str
    trace: TraceContext
    started: float
    """Seconds since the epoch."""

    started_at: float
    client: str | None
    """`x-client-name`, as given."""

    report: Report
    calls: list[CallTimeline]
    """Made for this request: also those that it did not wait for, and that may go on."""

    gateway: bool = False
    """It came through one."""

    marks: list[tuple[PagePhase, float]] = field(default_factory=list)
    """When each phase began."""

    operation: str | None = None
    """The name of the operation, as given."""

    begun_at: float | None = None
    """When the first frame was ready of an answer in frames; the rest does not keep the client from showing it."""

    ended_at: float | None = None
    status: int | None = None
    """Of HTTP."""

    verdict: Verdict | None = None
    code: str | None = None
    """Why it was refused."""

    bytes_out: int = 0
    """Of the answer's body, before compression."""

    def mark(self, phase: PagePhase) -> None:
        """From now on the request is busy with that."""
        self.marks.append((phase, clock.now()))

    def waited(self) -> float:
        """For how long, at most, it waited for a call: seconds, until now or until its end."""
        until = clock.now() if self.ended_at is None else self.ended_at
        return max((0.0, *(min(call.ended_at or until, until) - call.started_at for call in self.calls)))

    def ends(self, status: int, verdict: Verdict, size: int, code: str | None = None) -> None:
        """The answer is ready."""
        self.ended_at = clock.now()
        self.status, self.verdict, self.bytes_out, self.code = status, verdict, size, code


def verdict_of(report: Report) -> Verdict:
    """Of a page that was executed."""
    if any(section.core and section.state in FAULTS for section in report.sections):
        return Verdict.CORE_MISSING
    return Verdict.DEGRADED if any(report.worse()) else Verdict.WHOLE
