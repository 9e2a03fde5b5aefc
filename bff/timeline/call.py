"""One call of a source, from taking off to its outcome. Several pages may wait for it."""

from dataclasses import dataclass, field

from bff.timeline import clock
from bff.timeline.exchange import Exchange
from bff.timeline.trace import TraceContext


@dataclass(slots=True)
class Attempt:
    """One attempt: the guards have let it through. `span_id` is what the upstream was told as its parent."""

    started_at: float
    span_id: str
    exchanges: list[Exchange] = field(default_factory=list)
    ended_at: float | None = None
    code: str | None = None
    """Why it failed; `CANCELLED` where nobody waited for it any more."""

    def sends(self, size: int) -> Exchange:
        """A request of so many bytes, roughly."""
        exchange = Exchange(clock.now(), size)
        self.exchanges.append(exchange)
        return exchange


@dataclass(slots=True)
class CallTimeline:
    """A call is first leased (asked for the right to fetch, which the cache server grants to one process), then
    queued before the guards, then tried.
    """

    source: str
    call: str
    keys: int
    request_id: str
    """The request that it was made for; others may have joined."""

    trace: TraceContext
    started_at: float
    elsewhere_at: float | None = None
    """From here on it waited for another process that fetches the same."""

    asked_at: float | None = None
    """It stands before the guards."""

    attempts: list[Attempt] = field(default_factory=list)
    ended_at: float | None = None
    code: str | None = None
    """Why it failed."""

    reason: str | None = None
    """In words, without any user's data."""

    def is_asked(self) -> None:
        """It stands before the guards, the first time if there are several."""
        if self.asked_at is None:
            self.asked_at = clock.now()

    def is_elsewhere(self) -> None:
        """Another process fetches the same."""
        if self.elsewhere_at is None:
            self.elsewhere_at = clock.now()

    def ended(self, code: str | None, reason: str | None) -> None:
        """With an answer, or why without."""
        self.ended_at, self.code, self.reason = clock.now(), code, reason
        if code is not None and self.attempts and self.attempts[-1].code is not None:
            self.attempts[-1].code = code  # one that was cut off by its bound knows only that it was cancelled

    def over(self) -> None:
        """Its flight has ended, if nobody said so before."""
        if self.ended_at is None:
            self.ended_at = clock.now()
