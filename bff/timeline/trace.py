"""By which ids one request is known in traces: W3C trace context."""

import random
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TraceContext:
    """`span_id` is this request's own span, in hex like the others; `parent_id` the caller's, where there is one."""

    trace_id: str
    span_id: str
    parent_id: str | None
    sampled: bool
    """Whether its spans are kept, here and upstream."""

    ours: bool
    """Whether this process makes spans of its own. If not, upstreams are told the caller's."""

    def next_span_id(self) -> str:
        """For one attempt of a call."""
        return f"{random.getrandbits(64) | 1:016x}" if self.ours and self.sampled else self.span_id

    def traceparent(self, span_id: str) -> str:
        """The header for an upstream whose parent is the span with that id."""
        return f"00-{self.trace_id}-{span_id}-{'01' if self.sampled else '00'}"
