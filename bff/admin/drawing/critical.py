"""The critical path: one line through the rows that the page was waiting for."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bff.admin.drawing.rows import Kind, Row
from bff.admin.drawing.scale import Scale
from bff.admin.drawing.words import busy_with, duration
from bff.admin.markup import Markup, element
from bff.telemetry.waterfall.model import Step, Waterfall

GAP = 4
"""Pixels below a row's bars."""


def critical_path(waterfall: Waterfall, placed: Sequence[tuple[Row, int]], scale: Scale) -> Markup | None:
    """`placed` has each row with where its bars end."""
    if not waterfall.critical:
        return None
    legs = [(step, _height(step, placed) + GAP) for step in waterfall.critical]
    lines = list(_lines(legs, scale))
    ends = ((legs[0][0].start, legs[0][1]), (legs[-1][0].end, legs[-1][1]))
    return element(
        "g",
        [_stroke(line, "halo") for line in lines],
        [_stroke(line, "critical") for line in lines],
        [element("circle", cx=f"{scale.place(at):.3f}%", cy=y, r=4, class_="critical-end") for at, y in ends],
        class_="critical-path",
    )


def _height(step: Step, placed: Sequence[tuple[Row, int]]) -> int:
    """Which row a step is of. A section asked for twice under aliases is the one that was busy then."""
    sections = [each for each in placed if each[0].kind is Kind.SECTION and step.what in (each[0].path, each[0].label)]
    busy = [each for each in sections if each[0].bars and each[0].bars[0].start <= step.start + 1e-9]
    return min(busy or sections or placed[:1], key=lambda each: abs((each[0].end or 0.0) - step.end))[1]


@dataclass(frozen=True, slots=True)
class _Line:
    """From one place to another: across in percent, down in pixels."""

    left: float
    right: float
    top: int
    bottom: int
    step: Step


def _lines(legs: Sequence[tuple[Step, int]], scale: Scale) -> Iterator[_Line]:
    before: int | None = None
    for step, y in legs:
        left, right = scale.place(step.start), scale.place(step.end)
        if before is not None and before != y:
            yield _Line(left, left, before, y, step)
        yield _Line(left, right, y, y, step)
        before = y


def _stroke(line: _Line, class_: str) -> Markup:
    took = duration(line.step.end - line.step.start)
    title = element("title", f"critical path: {busy_with(line.step.phase, line.step.source)}, {took}")
    across = {"x1": f"{line.left:.3f}%", "x2": f"{line.right:.3f}%"}
    return element("line", title, **across, y1=line.top, y2=line.bottom, class_=class_)
