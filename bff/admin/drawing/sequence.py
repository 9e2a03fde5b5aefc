"""The exchange as SVG: a column for each of those who took part, time running down."""

from collections.abc import Iterator
from typing import Final

from bff.admin.drawing.exchange import BFF, Exchange, Kind, Told
from bff.admin.drawing.words import duration, shortened
from bff.admin.markup import Markup, element

TIMES: Final = 84
"""Pixels to the left, for the time of each step."""

COLUMN: Final = 138
HEAD: Final = 54
STEP: Final = 29
ACTIVE: Final = 5
"""Half the width of the bar that stands for somebody being busy."""


def draw(exchange: Exchange) -> Markup:
    """The picture. Steps are in order; how long lies between them is told by the times at the left."""
    bottom = HEAD + STEP * len(exchange.steps) + 24
    width = TIMES + COLUMN * len(exchange.who) + 56
    return element(
        "svg",
        element("title", "What went between whom, in order"),
        element("desc", "The text below says the same, step by step."),
        _arrow_heads(),
        _afterwards(exchange, width, bottom),
        [_lifeline(name, _column(exchange, name), bottom) for name in exchange.who],
        list(_busy(exchange)),
        list(_parallel(exchange)),
        [_step(exchange, number, step) for number, step in enumerate(exchange.steps)],
        class_="sequence",
        role="img",
        width=width,
        height=bottom + 8,
        viewBox=f"0 0 {width} {bottom + 8}",
        xmlns="http://www.w3.org/2000/svg",
    )


def _column(exchange: Exchange, name: str) -> int:
    return TIMES + COLUMN // 2 + COLUMN * exchange.who.index(name)


def _row(number: int) -> int:
    return HEAD + STEP * number + 30


def _arrow_heads() -> Markup:
    def marker(name: str, shape: Markup) -> Markup:
        size: dict[str, str | float] = {"refX": 9, "refY": 5, "markerWidth": 10, "markerHeight": 10}
        units = {"markerUnits": "userSpaceOnUse"}
        return element("marker", shape, id=name, viewBox="0 0 10 10", orient="auto", **size, **units)

    full, cross = "M1 1 L9 5 L1 9 Z", "M1 1 L9 9 M9 1 L1 9"
    return element(
        "defs",
        [marker(f"head{tone}", element("path", d=full, class_=f"head{tone}")) for tone in ("", "-wrong")],
        [marker(f"cross{tone}", element("path", d=cross, class_=f"cross{tone}")) for tone in ("", "-wrong")],
    )


def _afterwards(exchange: Exchange, width: int, bottom: int) -> Iterator[Markup]:
    """A ground of its own for what came after the page's answer."""
    later = [
        n for n, step in enumerate(exchange.steps) if exchange.answered is not None and step.at > exchange.answered
    ]
    if later:
        top = _row(later[0]) - 24
        yield element("rect", x=0, y=top, width=width, height=bottom - top, class_="outside")
        yield element("text", "after the answer", x=width - 10, y=top + 15, class_="after-label")


def _lifeline(name: str, x: int, bottom: int) -> Iterator[Markup]:
    wide = COLUMN - 16
    yield element("line", x1=x, x2=x, y1=HEAD - 12, y2=bottom, class_="lifeline")
    yield element("rect", x=x - wide // 2, y=8, width=wide, height=30, rx=6, class_="participant")
    title = element("title", name)
    yield element("text", title, shortened(name, 20), x=x, y=28, class_="participant-name")


def _busy(exchange: Exchange) -> Iterator[Markup]:
    """From the first question to the last answer; of an upstream, from each question to its answer."""
    open_since: dict[str, list[int]] = {name: [] for name in exchange.who}
    for number, step in enumerate(exchange.steps):
        if step.kind is Kind.ASK:
            open_since[step.target].append(number)
        elif step.done is not None and open_since[step.done]:
            yield _active(exchange, step.done, open_since[step.done].pop(0), _row(number))
    for name, starts in open_since.items():
        for first in starts:
            yield _active(exchange, name, first, _row(len(exchange.steps)) - 10)


def _active(exchange: Exchange, name: str, first: int, bottom: int) -> Markup:
    top = _row(first)
    x = _column(exchange, name) - ACTIVE
    return element("rect", x=x, y=top, width=2 * ACTIVE, height=max(bottom - top, 4), rx=2, class_="active")


def _parallel(exchange: Exchange) -> Iterator[Markup]:
    for first, last in exchange.parallel:
        columns = [_column(exchange, step.target) for step in exchange.steps[first:last]]
        left, right = _column(exchange, BFF) - 16, max(columns) + 26
        top, bottom = _row(first) - 26, _row(last - 1) + 8
        yield element("rect", x=left, y=top, width=right - left, height=bottom - top, rx=4, class_="parallel")
        yield element("text", "par", x=right - 6, y=top + 13, class_="parallel-label")


def _step(exchange: Exchange, number: int, step: Told) -> Markup:
    y = _row(number)
    parts = _note(exchange, step, y) if step.kind is Kind.NOTE else _arrow(exchange, step, y)
    at = duration(step.at)
    again = number > 0 and duration(exchange.steps[number - 1].at) == at
    when = None if again else element("text", at, x=TIMES - 10, y=y + 4, class_="time")
    return element("g", when, list(parts), class_="wrong" if step.wrong else "step")


def _note(exchange: Exchange, step: Told, y: int) -> Iterator[Markup]:
    text = shortened(step.text, 90)
    width = len(text) * 6.2 + 20
    room = TIMES + COLUMN * len(exchange.who) + 46
    left = max(min(_column(exchange, step.source) - 20, room - width), TIMES)
    yield element("rect", x=left, y=y - 13, width=width, height=22, rx=3, class_="note")
    yield element("text", element("title", step.text), text, x=left + 10, y=y + 2, class_="note-text")


def _arrow(exchange: Exchange, step: Told, y: int) -> Iterator[Markup]:
    start, end = _column(exchange, step.source), _column(exchange, step.target)
    towards = 1 if end > start else -1
    tone = "-wrong" if step.wrong else ""
    mark = f"url(#{'cross' if step.kind is Kind.LOST else 'head'}{tone})"
    across = {"x1": start + towards * ACTIVE, "x2": end - towards * (ACTIVE + 1)}
    yield element("line", **across, y1=y, y2=y, class_=f"arrow {step.kind}{tone}", marker_end=mark)
    x = min(start, end) + ACTIVE + 9
    yield element("text", element("title", step.text), shortened(step.text, 90), x=x, y=y - 6, class_="arrow-text")
