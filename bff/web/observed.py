"""Everything that listens in one process, and what of it the admin listener asks."""

import hashlib
import os
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any, ClassVar, Final
from urllib.parse import urlsplit

import msgspec

from bff.events import Event, Listener, LoopTurned, tell_all
from bff.settings import Settings
from bff.standing import Standing
from bff.telemetry.event_log import EventLog
from bff.telemetry.log.page_log import PageLog
from bff.telemetry.metrics.listening import Metrics
from bff.telemetry.recent.listener import Recent
from bff.telemetry.traces.optional import Tracing, traces_to
from bff.telemetry.waterfall.assembly import assemble, summarise
from bff.telemetry.waterfall.model import Waterfall
from bff.telemetry.waterfall.summary import Summary, Wanted

DIGITS: Final = 12


class Observed:
    """Made before what it observes, which is told to it by `watch`. Asked from any thread. `operations` are told apart
    besides those that the settings name.
    """

    def __init__(
        self, settings: Settings, *, worker: str, listeners: Sequence[Listener], operations: Collection[str] = ()
    ) -> None:
        self._worker = worker
        self._look: Callable[[], Standing] | None = None
        self._seen: Standing | None = None
        self._recent = Recent(assemble, summarise) if settings.waterfall else None
        known = (*settings.metrics.operations, *operations)
        self._metrics = _metrics(settings, worker, self._standing, known) if settings.metrics.enabled else None
        self._traces = _traces(settings, known)
        ours = (EventLog(), PageLog(healthy=settings.log.healthy), self._metrics, self._recent, self._traces)
        self.tell = tell_all((_Beat(self._turned), *(one for one in ours if one is not None), *listeners))

    def watch(self, look: Callable[[], Standing]) -> None:
        """How things stand is seen on the event loop, ten times a second, and told to other threads from there."""
        self._look = look

    def open(self) -> AbstractContextManager[object]:
        """For as long as the app serves."""
        if self._look is not None:
            self._seen = self._look()
        return nullcontext() if self._traces is None else self._traces

    def snapshot(self) -> bytes:
        """As `Inspected` says."""
        return b"" if self._metrics is None else self._metrics.snapshot()

    def requests(self, wanted: Wanted, /) -> Sequence[Summary]:
        """As `Inspected` says."""
        return [] if self._recent is None else self._recent.requests(wanted)

    def request(self, request_id: str, /) -> Waterfall | None:
        """As `Inspected` says."""
        return None if self._recent is None else self._recent.request(request_id)

    def health(self) -> Mapping[str, Any]:
        """As `Inspected` says."""
        standing = self._standing()
        return {
            "ready": standing.ready,
            "process": os.getpid(),
            "version": our_version(),
            "pagesInFlight": standing.pages_in_flight,
            "connections": standing.connections,
            "sources": {one.source: _plain(one) for one in standing.sources},
            "cache": _plain(standing.cache),
            "spansDropped": None if self._traces is None else self._traces.dropped,
        }

    def _turned(self) -> None:
        if self._look is not None:
            self._seen = self._look()

    def _standing(self) -> Standing:
        assert self._seen is not None, "asked before the app was opened"
        return self._seen


@dataclass(frozen=True, slots=True)
class _Beat:
    """Looks when the event loop has turned, before those who are told of it."""

    look: Callable[[], None]
    hears: ClassVar = frozenset({LoopTurned})

    def __call__(self, _: Event) -> None:
        self.look()


def our_version() -> str:
    """Of the distribution."""
    try:
        return version("bff-graphql")
    except PackageNotFoundError:
        return "from source"


def settings_hash(settings: Settings) -> str:
    """Changes with any setting, but for what a secret holds."""
    lines = "\n".join(_shown(settings))
    return hashlib.sha256(lines.encode()).hexdigest()[:DIGITS]


def _shown(settings: Settings) -> Iterator[str]:
    for one in settings.chosen:
        yield f"{one.setting.variable}={one.shown()}"


def _plain(standing: object) -> dict[str, Any]:
    """With names as JSON has them here."""
    plain: dict[str, Any] = msgspec.to_builtins(standing)
    return {_camel(name): value for name, value in plain.items()}


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(each.capitalize() for each in others)


def _metrics(settings: Settings, worker: str, standing: Callable[[], Standing], operations: Sequence[str]) -> Metrics:
    return Metrics(
        worker=worker,
        version=our_version(),
        settings_hash=settings_hash(settings),
        standing=standing,
        operations=operations,
        clients=settings.metrics.clients,
    )


def _traces(settings: Settings, operations: Sequence[str]) -> Tracing | None:
    if settings.traces.endpoint is None:
        return None
    hosts = {name: urlsplit(own.url or "").hostname or "" for name, own in settings.sources.items()}
    return traces_to(
        settings.traces.endpoint,
        service=settings.traces.service,
        version=our_version(),
        addresses=hosts,
        operations=operations,
    )
