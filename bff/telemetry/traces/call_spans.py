"""The spans of one upstream call: its own, and one for each attempt, whose id the upstream was told."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from opentelemetry.sdk.trace import Event, ReadableSpan
from opentelemetry.trace import SpanContext, SpanKind

from bff.telemetry.traces.making import UNSET, Attribute, Epoch, Making, context, context_of, failed
from bff.timeline.call import Attempt, CallTimeline
from bff.timeline.exchange import Exchange


@dataclass(frozen=True, slots=True)
class CallSpans:
    """`addresses` is the host of each source: of its URL nothing else is told."""

    making: Making
    addresses: Mapping[str, str]

    def of(self, call: CallTimeline, parent: SpanContext, epoch: Epoch) -> Iterator[ReadableSpan]:
        """Of a call that has ended."""
        own = context_of(call)
        ended_at = call.started_at if call.ended_at is None else call.ended_at
        attributes: dict[str, Attribute] = {
            "bff.source": call.source,
            "bff.call": call.call,
            "bff.keys": call.keys,
            "bff.code": call.code,
            "error.type": call.code,
        }
        yield self.making.span(
            f"{call.source}.{call.call}",
            own,
            parent,
            epoch.at(call.started_at),
            epoch.at(ended_at),
            attributes,
            events=_events(epoch, {"elsewhere": call.elsewhere_at, "asked": call.asked_at}),
            status=failed(call.reason or call.code) if call.code else UNSET,
        )
        for number, attempt in enumerate(call.attempts):
            yield self._attempt(call, attempt, number, own, epoch, ended_at)

    def _attempt(
        self, call: CallTimeline, attempt: Attempt, number: int, parent: SpanContext, epoch: Epoch, call_ended_at: float
    ) -> ReadableSpan:
        ended_at = call_ended_at if attempt.ended_at is None else attempt.ended_at
        last = attempt.exchanges[-1] if attempt.exchanges else None
        attributes: dict[str, Attribute] = {
            "http.request.method": "GET",
            "server.address": self.addresses.get(call.source),
            "http.response.status_code": last.status if last else None,
            "http.response.body.size": last.bytes_in if last and last.body_at is not None else None,
            "http.request.resend_count": number or None,
            "error.type": attempt.code,
            "bff.source": call.source,
        }
        return self.making.span(
            f"GET {call.source}.{call.call}",
            context(call.trace, attempt.span_id),
            parent,
            epoch.at(attempt.started_at),
            epoch.at(ended_at),
            attributes,
            kind=SpanKind.CLIENT,
            events=[event for exchange in attempt.exchanges for event in _of_exchange(exchange, epoch)],
            status=failed(attempt.code) if attempt.code else UNSET,
        )


def _of_exchange(exchange: Exchange, epoch: Epoch) -> list[Event]:
    return _events(
        epoch,
        {
            "connected": exchange.connected_at,
            "first byte": exchange.first_byte_at,
            "body": exchange.body_at,
            "decoded": exchange.decoded_at,
        },
    )


def _events(epoch: Epoch, moments: Mapping[str, float | None]) -> list[Event]:
    return [Event(name, None, epoch.at(moment)) for name, moment in moments.items() if moment is not None]
