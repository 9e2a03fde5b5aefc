"""How each section of one answer was come by: kept while it is made, read when it is sent."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Final

from bff.errors import INTERNAL, NotFound, SectionState, SourceError
from bff.timeline import clock
from bff.timeline.call import CallTimeline
from bff.timeline.load import LoadTimeline

Path = tuple[str | int, ...]

FAULTS: Final = frozenset({SectionState.TIMED_OUT, SectionState.UNAVAILABLE, SectionState.SHED})
DEGRADED: Final = FAULTS | {SectionState.STALE}
RUNGS: Final = tuple(SectionState)


@dataclass(frozen=True, slots=True)
class Part:
    """What a client has deferred of an answer (`@defer`), and is resolved by itself.

    For each fragment that it belongs to, what names the fragment, then what names those around it.
    """

    fragments: tuple[tuple[int, ...], ...]

    def holds(self, other: "Part") -> bool:
        """Whether the other part comes with this one, wherever it is brought."""
        own = {fragment for fragment, *_ in self.fragments}
        return all(not own.isdisjoint(within) for within in other.fragments)


@dataclass(slots=True)
class SectionRecord:
    """One section asked for. `settled` is done once its state is final."""

    name: str
    source: str
    core: bool
    path: Path
    started_at: float
    settled: asyncio.Future[None]
    state: SectionState = SectionState.LIVE
    code: str | None = None
    fetched_at: float | None = None
    retry_after: float | None = None
    seconds: float = 0.0
    loads: list[LoadTimeline] = field(default_factory=list)
    """What it loaded, and what fields further in did: one for each call."""

    _loads_by: dict[tuple[str | None, str, str], LoadTimeline] = field(default_factory=dict)

    part: Part | None = None
    """The deferred one that it is in."""

    told: bool = False
    """A frame has brought it."""

    def took(
        self,
        source: str,
        call: str,
        at_field: str | None,
        asked_at: float,
        looked_up_at: float,
        waited_for: CallTimeline | None,
        code: str | None,
    ) -> None:
        """A load of one key is over; with a code, for nothing."""
        key = (at_field, source, call)
        load = self._loads_by.get(key)
        if load is None:
            load = LoadTimeline(source, call, at_field, asked_at, looked_up_at, clock.now(), 1, waited_for, code)
            self._loads_by[key] = load
            self.loads.append(load)
        else:
            load.one_more(looked_up_at, clock.now(), waited_for, code)

    def loaded(self, state: SectionState, fetched_at: float, because: SourceError | None) -> None:
        """A value was loaded for it. Of several, the lowest rung and the oldest date count."""
        if RUNGS.index(state) > RUNGS.index(self.state):
            self.state = state
            self.code = because.code if because else None
        self.fetched_at = fetched_at if self.fetched_at is None else min(self.fetched_at, fetched_at)

    def failed(self, error: SourceError) -> None:
        """There will be no value."""
        self.state, self.code, self.retry_after = error.state, error.code, error.retry_after
        self.fetched_at = None

    def crashed(self) -> None:
        """A bug of ours kept it from its value."""
        self.state, self.code, self.fetched_at = SectionState.UNAVAILABLE, INTERNAL, None

    def settle(self) -> None:
        """Its state is final."""
        self.seconds = clock.now() - self.started_at
        self.settled.set_result(None)

    def row(self) -> dict[str, Any]:
        """As in `extensions.sections`."""
        return {
            "path": list(self.path),
            "source": self.source,
            "state": self.state,
            "code": self.code,
            "elapsedMs": round(self.seconds * 1000, 1),
            "fetchedAt": None if self.fetched_at is None else when(self.fetched_at).isoformat(),
            "retryAfterMs": milliseconds(self.retry_after),
        }


@dataclass(slots=True)
class Gap:
    """Something named inside a section that is not to be had, `count` times."""

    source: str
    state: SectionState
    code: str
    count: int = 0


@dataclass(slots=True)
class Report:
    """The sections and gaps of one answer, in the order they were asked for."""

    sections: list[SectionRecord] = field(default_factory=list)
    _by_path: dict[Path, SectionRecord] = field(default_factory=dict)
    _gaps: dict[tuple[Path, str], Gap] = field(default_factory=dict)
    _deferred_gaps: list[tuple[Path, Gap]] = field(default_factory=list)
    """Which no frame has brought yet, each where it is."""

    def begin(self, name: str, source: str, *, core: bool, path: Path, part: Part | None = None) -> SectionRecord:
        """A section is being asked for."""
        settled = asyncio.get_running_loop().create_future()
        record = SectionRecord(name, source, core, path, clock.now(), settled, part=part)
        self.sections.append(record)
        self._by_path[path] = record
        return record

    def at(self, path: Path) -> SectionRecord | None:
        """The section at that path."""
        return self._by_path.get(path)

    def gap(self, path: Path, source: str, error: SourceError, part: Part | None = None) -> None:
        """Something named at `path` is missing; list positions in it are told as `*`."""
        gap = Gap(source, error.state, error.code)
        if part is None:
            self._count(path, gap)
        else:
            self._deferred_gaps.append((path, gap))

    def _count(self, path: Path, gap: Gap) -> None:
        anywhere = tuple("*" if isinstance(step, int) else step for step in path)
        self._gaps.setdefault((anywhere, gap.code), gap).count += 1

    def asked_for(self, name: str, page: Path, part: Part | None = None) -> list[SectionRecord]:
        """The records of a section on the page at that path: several where it was asked for under aliases. Whoever asks
        from a part sees what comes before it or with it; nobody sees what a client has deferred further.
        """
        return [
            record
            for record in self.sections
            if record.name == name
            and record.path[:-1] == page
            and (record.part is None or (part is not None and record.part.holds(part)))
        ]

    def at_once(self) -> "Report":
        """What of it is not deferred: the report of the first frame, once that is resolved."""
        if all(record.part is None for record in self.sections) and not self._deferred_gaps:
            return self
        now = Report([record for record in self.sections if record.part is None])
        now._gaps.update({at: replace(gap) for at, gap in self._gaps.items()})
        return now

    def brought(self, by: Callable[[Path], bool]) -> "Report":
        """What of the deferred a frame brings that holds such paths: its report. Told once."""
        frame = Report()
        for record in self.sections:
            if record.part is not None and not record.told and record.settled.done() and by(record.path):
                record.told = True
                frame.sections.append(record)
        gaps, self._deferred_gaps = self._deferred_gaps, []
        for path, gap in gaps:
            if not by(path):
                self._deferred_gaps.append((path, gap))
                continue
            self._count(path, replace(gap))
            frame._count(path, replace(gap))
        return frame

    def rows(self) -> list[dict[str, Any]]:
        """As in `extensions.sections`: a row for each section, then one for each kind of gap."""
        return [record.row() for record in self.sections] + [
            {
                "path": list(path),
                "source": gap.source,
                "state": gap.state,
                "code": gap.code,
                "count": gap.count,
            }
            for (path, _), gap in self._gaps.items()
        ]

    def degraded(self) -> list[str]:
        """The names of the sections that are null for a fault, or stale; each once."""
        return list(dict.fromkeys(record.name for record in self.sections if record.state in DEGRADED))

    def lost(self) -> Sequence[SectionRecord]:
        """The sections that are null for another's fault; a bug of ours is told as an error anyway."""
        return [record for record in self.sections if record.state in FAULTS and record.code != INTERNAL]

    def gaps(self) -> Iterator[tuple[str, Gap]]:
        """What is missing further in for a fault, by where: `messages.*.sender`. What does not exist is no fault."""
        for (path, code), gap in list(self._gaps.items()):
            if code != NotFound.code:
                yield ".".join(str(step) for step in path[1:]), gap

    def worse(self) -> Iterator[tuple[str, SectionState, str | None]]:
        """Where, how and why the page is less than it should be; not what is stale only while it is asked for again."""
        for section in self.sections:
            if section.state in FAULTS or (section.state is SectionState.STALE and section.code is not None):
                yield section.name, section.state, section.code
        for where, gap in self.gaps():
            yield where, gap.state, gap.code

    def unavailable_pages(self) -> Iterator[Path]:
        """The paths of pages that asked for core sections and have none of them."""
        core: dict[Path, list[SectionRecord]] = {}
        for record in self.sections:
            if record.core:
                core.setdefault(record.path[:-1], []).append(record)
        for page, records in core.items():
            if all(record.state in FAULTS for record in records):
                yield page


def when(seconds: float) -> datetime:
    """Seconds since the epoch as a date with an offset."""
    return datetime.fromtimestamp(seconds, UTC)


def milliseconds(seconds: float | None) -> int | None:
    """For answers, which speak in whole milliseconds."""
    return None if seconds is None else round(seconds * 1000)
