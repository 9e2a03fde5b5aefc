"""What one source is allowed: how long a page waits for it, how long it may work, what is kept of its answers."""

from dataclasses import dataclass, field

from bff.errors import DeclarationError
from bff.resilience.breaker import BreakerOptions
from bff.resilience.bulkhead import BulkheadOptions
from bff.resilience.checked import above_zero, never_negative
from bff.resilience.hedge import HedgeOptions
from bff.resilience.retry import RetryOptions
from bff.resilience.waiting import WaitingOptions


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The options of one source. Times are in seconds; `docs/resilience.md` has the reason for each default.

    They fit a core section. An optional one should wait less, have fewer slots and never wait for one.
    """

    core: bool = True
    """A page that lacks all of its core sections is no page."""

    enabled: bool = True
    """False switches the source off: its sections are null and `DISABLED`, at no cost."""

    deadline: float = 1.0
    """How long a page waits for this source."""

    deferred_deadline: float = 2.0
    """How long a section waits for it that a client has deferred (`@defer`): the rest of the page is there already. No
    less than `deadline`, no more than what is left of the page's. Without a cache (`ttl` 0) a call ends at `deadline`,
    and so does the wait for it.
    """

    work_bound: float = 2.0
    """How long the call itself may go on: a late answer still fills the cache."""

    attempt_timeout: float | None = None
    """How long one attempt of a call may take; None leaves it what is left of the work bound."""

    ttl: float = 60.0
    """How long a cached value is fresh."""

    ttl_jitter: float = 0.1
    """The share by which each value's TTL varies, so that what was filled together does not expire together."""

    revalidate: float = 60.0
    """For how long after its TTL a value is served at once, while its successor is fetched (stale-while-revalidate)."""

    stale: float = 3600.0
    """For how long after its fetch a value may still be served when the upstream is slow or failing."""

    max_body: int = 1_000_000
    """The largest answer, in bytes after decompression."""

    keep_alive: bool = True
    """Whether connections are kept for the next call. False costs one for each call, and is for an upstream that is not
    trusted to answer once: what it sends too much on a kept connection is taken for the answer to the next call.
    """

    waiting: WaitingOptions = field(default_factory=WaitingOptions)
    retry: RetryOptions = field(default_factory=RetryOptions)
    hedge: HedgeOptions = field(default_factory=HedgeOptions)
    breaker: BreakerOptions = field(default_factory=BreakerOptions)
    bulkhead: BulkheadOptions = field(default_factory=BulkheadOptions)

    @property
    def deferred_patience(self) -> float:
        """How long a deferred section waits."""
        return max(self.deadline, self.deferred_deadline)

    @property
    def call_bound(self) -> float:
        """How long a call may go on: the work bound, or where there is no cache to fill as long as a page waits."""
        return self.work_bound if self.ttl > 0 else min(self.deadline, self.work_bound)

    @property
    def attempt_bound(self) -> float:
        """How long one attempt of a call may take."""
        return min(self.attempt_timeout or self.call_bound, self.call_bound)

    def __post_init__(self) -> None:
        above_zero("Policy", deadline=self.deadline, deferred_deadline=self.deferred_deadline)
        above_zero("Policy", work_bound=self.work_bound, max_body=self.max_body)
        never_negative("Policy", ttl=self.ttl, revalidate=self.revalidate, stale=self.stale)
        if self.attempt_timeout is not None:
            above_zero("Policy", attempt_timeout=self.attempt_timeout)
        if not 0 <= self.ttl_jitter < 1:
            raise DeclarationError(f"Policy: ttl_jitter is {self.ttl_jitter}, it must be in [0, 1)")
