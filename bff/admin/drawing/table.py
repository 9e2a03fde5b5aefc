"""The numbers of a waterfall as a table, for those who cannot see it or want them exactly."""

from collections.abc import Iterator

from bff.admin.drawing.rows import attempts_of
from bff.admin.drawing.words import duration
from bff.admin.markup import Markup, element
from bff.telemetry.waterfall.model import Bar, Waterfall


def table(waterfall: Waterfall) -> Markup:
    """A row for each stretch of time that is drawn."""
    head = element("tr", [element("th", name, scope="col") for name in ("Of", "Phase", "From", "To", "Took")])
    body = [_row(what, bar) for what, bar in _stretches(waterfall)]
    caption = element("caption", "Times since the request came.")
    return element("table", caption, element("thead", head), element("tbody", body), class_="numbers")


def _stretches(waterfall: Waterfall) -> Iterator[tuple[str, Bar]]:
    for bar in waterfall.bars:
        yield "the page", bar
    for section in waterfall.sections:
        for bar in section.bars:
            yield f"{section.path}, {section.state}", bar
        for load in section.loads:
            for bar in load.bars:
                yield f"{section.path}{f'.{load.field}' if load.field else ''}: load {load.source}.{load.call}", bar
    for call in waterfall.calls:
        for number, row in enumerate(attempts_of(call), start=1):
            for bar in row.bars:
                yield f"call {call.source}.{call.call}, attempt {number}", bar


def _row(what: str, bar: Bar) -> Markup:
    numbers = (bar.start, bar.end, bar.end - bar.start)
    return element(
        "tr",
        element("th", what, scope="row"),
        element("td", str(bar.phase)),
        [element("td", duration(number), class_="number") for number in numbers],
    )
