"""The waterfall as SVG: places across in percent, so that bars grow with the window and text does not."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from bff.admin.drawing.critical import critical_path
from bff.admin.drawing.rows import Kind, Row, rows_of
from bff.admin.drawing.scale import Scale
from bff.admin.drawing.story import story, taken
from bff.admin.drawing.words import duration, shortened, stretch
from bff.admin.markup import Markup, element
from bff.telemetry.waterfall.model import Phase, Waterfall

AXIS: Final = 40
FOOT: Final = 30
MARGIN: Final = 276
"""Pixels to the left of the bars, for labels; the style sheet leaves them free."""

HEIGHT: Final = {Kind.PAGE: 46, Kind.SECTION: 38, Kind.LOAD: 26, Kind.ATTEMPT: 26}
DETAIL: Final = 8
"""Pixels more for a section about which there is more to say."""

THICK: Final = {Kind.PAGE: 18, Kind.SECTION: 18, Kind.LOAD: 8, Kind.ATTEMPT: 14}
ROOM: Final = 7
"""Percent of the width; in a shorter bar its phase is not written."""

AFTERWARDS: Final = 0.4
"""So much of a page's time is shown of what came after it, or before, at most."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A row and where it is."""

    row: Row
    top: int

    @property
    def height(self) -> int:
        """Pixels."""
        return HEIGHT[self.row.kind] + (DETAIL if self.row.kind is Kind.SECTION and self.row.detail else 0)

    @property
    def bars_top(self) -> int:
        """Where its bars begin."""
        tall = self.row.kind in (Kind.PAGE, Kind.SECTION)
        return self.top + (10 if tall else (self.height - THICK[self.row.kind]) // 2)

    @property
    def middle(self) -> int:
        """Of its bars."""
        return (self.bars_top + self.bars_bottom) // 2

    @property
    def bars_bottom(self) -> int:
        """Where they end."""
        return self.bars_top + THICK[self.row.kind]


def draw(waterfall: Waterfall) -> Markup:
    """The picture."""
    found = rows_of(waterfall)
    placed, top = [], AXIS
    for row in found.rows:
        placed.append(Placed(row, top))
        top += placed[-1].height
    scale, end = scale_of(waterfall), waterfall.seconds
    return element(
        "svg",
        element("title", f"Waterfall of request {waterfall.request_id}"),
        element("desc", story(waterfall)),
        _hatching(),
        _around(scale, end, top),
        _axis(scale, top),
        [_stripe(each) for each in placed if each.row.kind is Kind.SECTION],
        [_labels(each) for each in placed],
        [_bars(each, scale, end) for each in placed],
        list(_given_up(placed, scale)),
        critical_path(waterfall, [(each.row, each.bars_bottom) for each in placed], scale),
        _ends(scale, end, top),
        [_told(each, scale) for each in placed],
        class_="waterfall",
        role="img",
        width="100%",
        height=top + FOOT,
        xmlns="http://www.w3.org/2000/svg",
    )


def scale_of(waterfall: Waterfall) -> Scale:
    """The whole page, and as much of calls that began before it or go on after it as does not squeeze it."""
    seconds = taken(waterfall)
    starts = [call.start for call in waterfall.calls]
    ends = [bar.end for call in waterfall.calls for attempt in call.attempts for bar in attempt.bars]
    most = max(seconds * AFTERWARDS, 0.001)
    before = max(min(starts, default=0.0), -most)
    after = min(max(ends, default=0.0), seconds + most)
    return Scale.over(min(before, 0.0), max(seconds, after))


def _hatching() -> Markup:
    stripe = element("rect", width=3, height=6, class_="hatch")
    attributes = {"patternUnits": "userSpaceOnUse", "patternTransform": "rotate(45)"}
    return element("defs", element("pattern", stripe, id="beyond", width=6, height=6, **attributes))


def _around(scale: Scale, end: float | None, bottom: int) -> Iterator[Markup]:
    """What is not the page's own time."""
    for start, until in ((scale.start, 0.0), (end, scale.end)):
        if start is not None and until > start:
            yield _box(scale, start, until, AXIS, bottom - AXIS, "outside")


def _axis(scale: Scale, bottom: int) -> Iterator[Markup]:
    for tick in scale.ticks():
        at = _percent(scale.place(tick))
        yield element("line", x1=at, x2=at, y1=AXIS - 6, y2=bottom, class_="grid")
        yield element("text", duration(tick) if tick else "0", x=at, y=AXIS - 12, class_="tick")


def _ends(scale: Scale, end: float | None, bottom: int) -> Iterator[Markup]:
    """When the request came, where that is not the left edge, and when its answer was there."""
    moments = [(0.0, "request")] if scale.start < 0 else []
    if end is not None:
        moments.append((end, f"answer, {duration(end)}"))
    for at, what in moments:
        place = _percent(scale.place(at))
        yield element("line", x1=place, x2=place, y1=AXIS - 6, y2=bottom + 6, class_="moment")
        yield element("text", what, x=place, y=bottom + 21, class_="moment-label")


def _stripe(placed: Placed) -> Markup:
    return element("line", x1=-MARGIN, x2="100%", y1=placed.top, y2=placed.top, class_="rule")


def _labels(placed: Placed) -> Iterator[Markup]:
    row, class_ = placed.row, f"label {placed.row.kind}"
    if row.kind in (Kind.PAGE, Kind.SECTION):
        line = placed.bars_top + 13
        yield _text(row.label, None, 22 if row.state else 38, -MARGIN, line, class_)
        yield _text(row.detail, None, 44, -MARGIN, line + 17, "detail")
    else:
        yield _text(row.label, row.detail, 40, 14 - MARGIN, placed.top + placed.height // 2 + 4, class_)
    if row.state:
        yield from _badge(row.state, -14, placed.bars_top + 1)


def _badge(state: str, right: int, top: int) -> Iterator[Markup]:
    width = len(state) * 6.1 + 12
    yield element("rect", x=right - width, y=top, width=width, height=16, rx=3, class_=f"badge {tone(state)}")
    yield element("text", state, x=right - width / 2, y=top + 11.5, class_=f"badge-text {tone(state)}")


def tone(state: str) -> str:
    """How a section's state is coloured."""
    return {"LIVE": "good", "CACHED": "good", "STALE": "fair", "DISABLED": "off"}.get(state, "bad")


def _bars(placed: Placed, scale: Scale, end: float | None) -> Iterator[Markup]:
    row, top, thick = placed.row, placed.bars_top, THICK[placed.row.kind]
    for bar in row.bars:
        class_, title = f"bar {phase_class(bar.phase)}", element("title", stretch(bar))
        yield _box(scale, bar.start, bar.end, top, thick, class_, title)
        left, right = min(max(bar.start, 0.0), bar.end), bar.end if end is None else max(min(bar.end, end), bar.start)
        for start, until in ((bar.start, left), (right, bar.end)):
            if until > start:
                yield _box(scale, start, until, top, thick, "beyond")
        if thick > 10:
            name = "the sections below" if row.kind is Kind.PAGE and bar.phase is Phase.RESOLVE else bar.phase
            yield from _named(name, scale.place(left), scale.place(right), top, thick, phase_class(bar.phase))
    yield from _goes_on(placed, scale)


def _named(name: str, left: float, right: float, top: int, thick: int, class_: str) -> Iterator[Markup]:
    """A bar's phase, written into it where there is room; cut off at its end."""
    if right - left >= ROOM:
        text = element("text", name, x=6, y=thick / 2 + 4, class_=f"named {class_}")
        width = _percent(right - left)
        yield element("svg", text, x=_percent(left), y=top, width=width, height=thick, aria_hidden="true")


def _goes_on(placed: Placed, scale: Scale) -> Iterator[Markup]:
    """Signs for what has no end yet, or has it outside of the picture."""
    bars, y = placed.row.bars, placed.middle + 4
    if bars and bars[0].start < scale.start:
        yield element("text", "◂", x="0%", dx=-11, y=y, class_="goes-on")
    if bars and (placed.row.end is None or bars[-1].end > scale.end):
        yield element("text", "▸", x=_percent(scale.place(bars[-1].end)), dx=1, y=y, class_="goes-on")


def _given_up(placed: list[Placed], scale: Scale) -> Iterator[Markup]:
    """A line through a section and its calls, at the moment when nobody waited for it any more."""
    for index, each in enumerate(placed):
        if each.row.gave_up and each.row.end is not None:
            below = (other.top for other in placed[index + 1 :] if other.row.kind is Kind.SECTION)
            bottom = next(below, placed[-1].top + placed[-1].height)
            at = _percent(scale.place(each.row.end))
            title = element("title", f"given up at {duration(each.row.end)}")
            yield element("line", title, x1=at, x2=at, y1=each.bars_top - 5, y2=bottom - 2, class_="given-up")


def _told(placed: Placed, scale: Scale) -> Markup:
    row = placed.row
    at = max((bar.end for bar in row.bars), default=row.end or 0.0)
    beside_a_sign = row.end is None or at > scale.end
    tones = " bad" if row.failed or row.gave_up else ""
    place, dx = _percent(scale.place(at)), 14 if beside_a_sign else 9
    return element("text", row.told, x=place, dx=dx, y=placed.middle + 4, class_=f"told{tones}")


def _text(text: str, more: str | None, most: int, x: int, y: int, class_: str) -> Markup:
    """Cut to as many characters as have room; the whole is shown when one points at it."""
    room = most - len(text) - 2
    detail = element("tspan", shortened(more, room), class_="detail", dx=8) if more and room > 8 else None
    whole = (
        element("title", f"{text} {more or ''}".strip()) if len(text) > most or (more and len(more) > room) else None
    )
    return element("text", whole, shortened(text, most), detail, x=x, y=y, class_=class_)


def _box(
    scale: Scale, start: float, end: float, top: int, height: int, class_: str, content: Markup | None = None
) -> Markup:
    left, right = scale.place(start), scale.place(end)
    width = min(max(right - left, 0.12), 100 - min(left, 99.88))
    left = min(left, 100 - width)
    return element("rect", content, x=_percent(left), y=top, width=_percent(width), height=height, class_=class_)


def phase_class(phase: Phase) -> str:
    """`phase-first-byte`."""
    return f"phase-{phase.replace(' ', '-')}"


def _percent(place: float) -> str:
    return f"{place:.3f}%"
