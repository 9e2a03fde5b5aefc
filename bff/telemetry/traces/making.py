"""What every span has in common."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final

from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import Event, ReadableSpan
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import Link, SpanContext, SpanKind, Status, StatusCode, TraceFlags

from bff.timeline.call import CallTimeline
from bff.timeline.trace import TraceContext

Attribute = str | int | float | bool | None

UNSET: Final = Status()


@dataclass(frozen=True, slots=True)
class Epoch:
    """From timelines' seconds to nanoseconds since the epoch. Between two times of one `Epoch` no clock jumps."""

    offset: int

    @classmethod
    def of(cls, seconds_since_epoch: float, same_moment: float) -> "Epoch":
        """Both clocks read at once."""
        return cls(_nanoseconds(seconds_since_epoch) - _nanoseconds(same_moment))

    def at(self, moment: float) -> int:
        """A time as spans have it."""
        return self.offset + _nanoseconds(moment)


@dataclass(frozen=True, slots=True)
class Making:
    """Makes spans of one process."""

    resource: Resource
    scope: InstrumentationScope

    def span(
        self,
        name: str,
        context: SpanContext,
        parent: SpanContext | None,
        start: int,
        end: int,
        attributes: Mapping[str, Attribute],
        *,
        kind: SpanKind = SpanKind.INTERNAL,
        events: Sequence[Event] = (),
        links: Sequence[Link] = (),
        status: Status = UNSET,
    ) -> ReadableSpan:
        """Without the attributes that are None. It does not end before it starts."""
        return ReadableSpan(
            name=name,
            context=context,
            parent=parent,
            resource=self.resource,
            attributes={key: value for key, value in attributes.items() if value is not None},
            events=events,
            links=links,
            kind=kind,
            status=status,
            start_time=start,
            end_time=max(start, end),
            instrumentation_scope=self.scope,
        )


def context(trace: TraceContext, span_id: str, *, remote: bool = False) -> SpanContext:
    """A span that has an id already."""
    return SpanContext(int(trace.trace_id, 16), int(span_id, 16), remote, TraceFlags(int(trace.sampled)))


def new_context(trace: TraceContext) -> SpanContext:
    """A span that nobody else needs to find."""
    return SpanContext(int(trace.trace_id, 16), random.getrandbits(64) | 1, False, TraceFlags(int(trace.sampled)))


def context_of(call: CallTimeline) -> SpanContext:
    """A call's span: the same id whoever asks, since pages that joined it link to it."""
    name = f"{call.trace.span_id} {call.source}.{call.call} {call.started_at!r}"
    span_id = blake2b(name.encode(), digest_size=8).hexdigest()
    return context(call.trace, span_id)


def failed(because: str | None) -> Status:
    """In a word or two."""
    return Status(StatusCode.ERROR, because)


def _nanoseconds(seconds: float) -> int:
    return int(seconds * 1e9)
