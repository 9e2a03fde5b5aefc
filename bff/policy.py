"""What one source is allowed: how long a page waits for it, how long it may work, what is kept of its answers."""

from dataclasses import dataclass

from bff.errors import DeclarationError


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The options of one source. Times are in seconds.

    The defaults fit a core section. An optional one should wait less, hold fewer slots and never wait for one.
    """

    core: bool = True
    """A page that lacks all of its core sections is no page."""

    deadline: float = 1.0
    """How long a page waits for this source."""

    work_bound: float = 2.0
    """How long the call itself may go on: a late answer still fills the cache."""

    ttl: float = 60.0
    """How long a cached value is fresh."""

    ttl_jitter: float = 0.1
    """The share by which each value's TTL varies, so that what was filled together does not expire together."""

    stale: float = 3600.0
    """For how long after its fetch a value may still be served when the upstream is slow or failing."""

    concurrency: int = 100
    """The most calls under way at once, in one process."""

    slot_wait: float = 0.25
    """How long a call may wait for its turn when that many are under way; 0 refuses at once."""

    max_body: int = 1_000_000
    """The largest answer, in bytes after decompression."""

    def __post_init__(self) -> None:
        for problem in self._problems():
            raise DeclarationError(f"Policy: {problem}")

    def _problems(self) -> list[str]:
        positive = {
            "deadline": self.deadline,
            "work_bound": self.work_bound,
            "concurrency": self.concurrency,
            "max_body": self.max_body,
        }
        never_negative = {"ttl": self.ttl, "stale": self.stale, "slot_wait": self.slot_wait}
        return [
            *(f"{name} is {value}, it must be above 0" for name, value in positive.items() if not value > 0),
            *(f"{name} is {value}, it must be 0 or more" for name, value in never_negative.items() if value < 0),
            *([] if 0 <= self.ttl_jitter < 1 else [f"ttl_jitter is {self.ttl_jitter}, it must be in [0, 1)"]),
        ]
