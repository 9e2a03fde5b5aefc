"""The listener whose spans go to an OTLP collector."""

import logging
import uuid
from collections.abc import Collection, Mapping
from typing import Final, Self

from opentelemetry.exporter.otlp.proto.http import trace_exporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.util.instrumentation import InstrumentationScope

from bff.events import Event, PageFinished
from bff.telemetry.traces.assembly import Assembly
from bff.telemetry.traces.call_spans import CallSpans
from bff.telemetry.traces.making import Making
from bff.telemetry.traces.page_spans import PageSpans
from bff.telemetry.traces.sending import Sending

PATH: Final = "/v1/traces"


class Traces:
    """Of sampled requests. A context manager: what is told before it is entered waits, what comes after is dropped.

    What OpenTelemetry's own variables say of headers, certificates, compression, timeouts (`OTEL_EXPORTER_OTLP_…`) and
    the resource (`OTEL_RESOURCE_ATTRIBUTES`) holds.
    """

    hears: Final = frozenset({PageFinished})

    def __init__(
        self,
        endpoint: str,
        *,
        service: str,
        version: str,
        addresses: Mapping[str, str],
        operations: Collection[str],
        timeout: float | None = None,
    ) -> None:
        resource = Resource.create(
            {"service.name": service, "service.version": version, "service.instance.id": str(uuid.uuid4())}
        )
        making = Making(resource, InstrumentationScope("bff", version))
        assembly = Assembly(PageSpans(making, frozenset(operations)), CallSpans(making, addresses))
        exporter = OTLPSpanExporter(endpoint=_url(endpoint), timeout=timeout)
        self._sending = Sending(assembly, exporter, logging.getLogger(trace_exporter.__name__))

    @property
    def dropped(self) -> int:
        """Spans that could not be sent, so far."""
        return self._sending.dropped

    def __call__(self, event: Event) -> None:
        """Keep what is to be sent."""
        if type(event) is PageFinished:
            trace = event.page.trace
            if trace.sampled and trace.ours:
                self._sending.put(event.page)

    def __enter__(self) -> Self:
        self._sending.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._sending.end()


def _url(endpoint: str) -> str:
    base = endpoint.rstrip("/")
    return base if base.endswith(PATH) else base + PATH
