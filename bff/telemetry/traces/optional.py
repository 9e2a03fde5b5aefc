"""Traces, where they are configured: OpenTelemetry is an extra, and costs nothing where nobody asks for it."""

import importlib
from collections.abc import Collection, Mapping
from contextlib import AbstractContextManager
from typing import Protocol, Self, cast

from bff.errors import SettingsError
from bff.events import Event


class Tracing(AbstractContextManager["Tracing"], Protocol):
    """A listener that sends spans while it is entered. `dropped` is how many it could not send so far."""

    @property
    def dropped(self) -> int:
        """Spans; of a page that was not looked at, it is counted as one."""

    def __call__(self, event: Event) -> None:
        """Keep what is to be sent."""

    def __enter__(self) -> Self: ...


class _Make(Protocol):
    def __call__(
        self, endpoint: str, *, service: str, version: str, addresses: Mapping[str, str], operations: Collection[str]
    ) -> Tracing: ...


def traces_to(
    endpoint: str, *, service: str, version: str, addresses: Mapping[str, str], operations: Collection[str]
) -> Tracing:
    """To an OTLP collector (`http://otel.internal:4318`). `addresses` is the host of each source, `operations` are
    those that name their spans. Raises `SettingsError` where the extra is not installed.
    """
    try:
        module = importlib.import_module("bff.telemetry.traces.traces")
    except ImportError as error:
        if not (error.name or "").startswith("opentelemetry"):
            raise
        raise SettingsError(
            [f"BFF_TRACES__ENDPOINT: {error.name} is not installed: pip install 'bff-graphql[traces]'"]
        ) from error
    make = cast(_Make, module.Traces)
    return make(endpoint, service=service, version=version, addresses=addresses, operations=operations)
