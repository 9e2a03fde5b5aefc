"""What the page waited for, by phase; and the key to the colours."""

from collections.abc import Iterator

from bff.admin.drawing.rows import gave_up
from bff.admin.drawing.story import taken
from bff.admin.drawing.waterfall import phase_class
from bff.admin.drawing.words import duration
from bff.admin.markup import Markup, element
from bff.telemetry.waterfall.model import Bar, Phase, Waterfall


def spent(waterfall: Waterfall) -> Markup:
    """Each phase that is drawn, those the page waited longest for first, with how long that was."""
    waited = _waited(waterfall)
    whole = taken(waterfall) or 1.0
    drawn = [*sorted(waited, key=lambda phase: -waited[phase]), *sorted(_drawn(waterfall) - set(waited))]
    phases = [_phase(phase, waited.get(phase), whole) for phase in drawn]
    return element("ul", phases, list(_signs(waterfall)), class_="key")


def _phase(phase: Phase, seconds: float | None, whole: float) -> Markup:
    swatch = element("span", class_=f"swatch {phase_class(phase)}", aria_hidden="true")
    told = None if seconds is None else f"{duration(seconds)}, {_percent(seconds / whole)}"
    return element("li", swatch, str(phase), element("b", told) if told else None)


def _percent(share: float) -> str:
    return f"{share:.0%}" if share >= 0.005 or not share else "under 1%"


def _signs(waterfall: Waterfall) -> Iterator[Markup]:
    """Those that are there."""
    end = taken(waterfall)
    outside = any(bar.start < 0 or bar.end > end for bar in _all(waterfall))
    for class_, what, there in (
        ("critical", "what the page waited for (critical path)", waterfall.critical),
        ("beyond", "not this page's time: before the request, or after the answer", outside),
        ("given-up", "given up", any(gave_up(section) for section in waterfall.sections)),
    ):
        if there:
            yield element("li", element("span", class_=f"swatch sign-{class_}", aria_hidden="true"), what)


def _waited(waterfall: Waterfall) -> dict[Phase, float]:
    totals: dict[Phase, float] = {}
    for step in waterfall.critical:
        totals[step.phase] = totals.get(step.phase, 0.0) + step.end - step.start
    return totals


def _drawn(waterfall: Waterfall) -> set[Phase]:
    return {bar.phase for bar in _all(waterfall)}


def _all(waterfall: Waterfall) -> Iterator[Bar]:
    yield from waterfall.bars
    for section in waterfall.sections:
        yield from section.bars
        for load in section.loads:
            yield from load.bars
    for call in waterfall.calls:
        yield from call.before
        for attempt in call.attempts:
            yield from attempt.bars
