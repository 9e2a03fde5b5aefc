"""Stretches of time on the timelines' clock, cut to what is looked at."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from bff.telemetry.waterfall.model import Bar, Phase


@dataclass(frozen=True, slots=True)
class Piece:
    """A phase, and on which source's account it is."""

    phase: Phase
    start: float
    end: float
    source: str | None = None

    def bar(self, zero: float) -> Bar:
        """As it is shown, from that moment on."""
        return Bar(self.phase, self.start - zero, self.end - zero)


def clipped(pieces: Iterable[Piece], start: float, end: float) -> Iterator[Piece]:
    """What of them lies between."""
    for piece in pieces:
        if piece.start < end and piece.end > start:
            yield replace(piece, start=max(piece.start, start), end=min(piece.end, end))


def filled(pieces: Iterable[Piece], start: float, end: float) -> list[Piece]:
    """The pieces, in order and apart, with `resolve` in every gap between start and end."""
    whole: list[Piece] = []
    at = start
    for piece in clipped(pieces, start, end):
        if piece.start > at:
            whole.append(Piece(Phase.RESOLVE, at, piece.start))
        whole.append(replace(piece, start=max(piece.start, at)))
        at = max(at, piece.end)
    if at < end:
        whole.append(Piece(Phase.RESOLVE, at, end))
    return joined([piece for piece in whole if piece.end > piece.start])


def joined(pieces: Sequence[Piece]) -> list[Piece]:
    """With neighbours that are the same as one."""
    whole: list[Piece] = []
    for piece in pieces:
        if whole and (whole[-1].phase, whole[-1].source) == (piece.phase, piece.source):
            whole[-1] = replace(whole[-1], end=piece.end)
        else:
            whole.append(piece)
    return whole
