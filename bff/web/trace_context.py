"""The ids by which one request is known here and upstream."""

import re
import secrets
from dataclasses import dataclass, field
from typing import Final

from bff.resilience.rolling_count import RollingCount
from bff.telemetry.log.sampling import is_kept
from bff.timeline.trace import TraceContext

_REQUEST_ID: Final = re.compile(r"[A-Za-z0-9_.:-]{1,128}")
_TRACEPARENT: Final = re.compile(r"00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})")


def request_id(inbound: str | None) -> str:
    """The id a proxy gave, where it is harmless; else a new one."""
    if inbound is not None and _REQUEST_ID.fullmatch(inbound):
        return inbound
    return secrets.token_hex(16)


MOST_ASKED_FOR: Final = 50
"""Requests a second that are traced because whoever asks says so: anybody may say so, and it costs."""


@dataclass(frozen=True, slots=True)
class Tracing:
    """Whether this process makes spans, and of how many requests where whoever asks does not say."""

    on: bool
    share: float
    _asked_for: RollingCount = field(default_factory=lambda: RollingCount(1.0))

    def context(self, inbound: str | None) -> TraceContext:
        """The W3C trace context that came, where it is valid, and of that trace a span of ours; else a new trace."""
        if inbound is not None and (found := _TRACEPARENT.fullmatch(inbound)):
            trace_id, parent_id, flags = found.groups()
            span_id = secrets.token_hex(8) if self.on else parent_id
            wanted = bool(int(flags, 16) & 1)
            return TraceContext(trace_id, span_id, parent_id, wanted and self._is_granted(), self.on)
        trace_id, span_id = secrets.token_hex(16), secrets.token_hex(8)
        return TraceContext(trace_id, span_id, None, self.on and is_kept(trace_id, self.share), self.on)

    def _is_granted(self) -> bool:
        """Where we make no spans, what is asked for is handed on."""
        if not self.on:
            return True
        if self._asked_for.total() >= MOST_ASKED_FOR:
            return False
        self._asked_for.add()
        return True
