"""One section: what it waited for from its beginning to its end, and each of its loads."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol, TypeVar

from bff.page_timeline import PageTimeline
from bff.report import SectionRecord
from bff.telemetry.waterfall.model import LoadBars, Phase, SectionBars
from bff.telemetry.waterfall.of_calls import pieces_of
from bff.telemetry.waterfall.pieces import Piece, clipped, filled, joined
from bff.timeline.load import LoadTimeline


class Stretch(Protocol):
    """Something that was waited for."""

    @property
    def start(self) -> float: ...

    @property
    def end(self) -> float: ...

    @property
    def pieces(self) -> Sequence[Piece]: ...


S = TypeVar("S", bound=Stretch)


def last_to_first(stretches: Iterable[S], start: float, end: float) -> list[tuple[S | None, float, float]]:
    """What somebody waited for who waits for all of them, in order and without gaps; None where for none of them.

    From the end backwards: at each moment the one that was over last, and then what came before it began. As CRISP
    finds a request's critical path (Zhang et al., USENIX ATC 2022).
    """
    path: list[tuple[S | None, float, float]] = []
    at, left = end, list(stretches)
    while at > start:
        left = [one for one in left if one.start < at]
        last = max(left, key=lambda one: min(one.end, at), default=None)
        if last is None or last.end <= start:
            path.append((None, start, at))
            break
        if last.end < at:
            path.append((None, last.end, at))
            at = last.end
        path.append((last, max(last.start, start), at))
        at = max(last.start, start)
        left.remove(last)
    return path[::-1]


class Load:
    """One load, drawn."""

    def __init__(self, load: LoadTimeline, now: float) -> None:
        self.timeline = load
        self.start, self.end = load.asked_at, load.settled_at
        looked_up = Piece(Phase.CACHE, load.asked_at, load.looked_up_at, load.source)
        call = [] if load.waited_for is None else pieces_of(load.waited_for, now)
        waited = clipped(call, load.looked_up_at, load.settled_at)
        self.pieces = filled([looked_up, *waited], load.asked_at, load.settled_at)

    def bars(self, zero: float, indices: Mapping[int, int]) -> LoadBars:
        """As it is shown."""
        load = self.timeline
        return LoadBars(
            source=load.source,
            call=load.call,
            field=load.field,
            keys=load.count,
            start=load.asked_at - zero,
            end=load.settled_at - zero,
            bars=tuple(piece.bar(zero) for piece in self.pieces),
            waited_for=None if load.waited_for is None else indices.get(id(load.waited_for)),
            code=load.code,
        )


class Section:
    """One section, drawn. It ends with the last field further in."""

    def __init__(self, record: SectionRecord, now: float) -> None:
        self.record = record
        self.start = record.started_at
        self.loads = [Load(load, now) for load in record.loads]
        self.resolved = record.started_at + record.seconds if record.settled.done() else now
        self.end = max([self.resolved, *(load.end for load in self.loads)])
        walk = last_to_first(self.loads, self.start, self.end)
        pieces = [piece for load, start, end in walk if load for piece in clipped(load.pieces, start, end)]
        self.pieces = joined(filled(pieces, self.start, self.end))

    def end_without(self, source: str) -> float:
        """When it would have ended had that source been switched off."""
        if self.record.source == source:
            return self.start
        own = [load.end for load in self.loads if load.timeline.field is None]
        others = [load.end for load in self.loads if load.timeline.source != source and load.timeline.field is not None]
        return max([self.resolved, *own, *others])

    def bars(self, page: PageTimeline, indices: Mapping[int, int]) -> SectionBars:
        """As it is shown."""
        record, zero = self.record, page.started_at
        return SectionBars(
            name=record.name,
            path=".".join(str(step) for step in record.path),
            source=record.source,
            core=record.core,
            state=record.state,
            code=record.code,
            age=None if record.fetched_at is None else max(0.0, page.started - record.fetched_at),
            start=self.start - zero,
            end=self.end - zero,
            bars=tuple(piece.bar(zero) for piece in self.pieces),
            loads=tuple(load.bars(zero, indices) for load in self.loads),
        )
