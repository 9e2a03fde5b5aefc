"""What a waterfall says, in a few sentences."""

from collections import defaultdict
from typing import Final

from bff.admin.drawing.words import busy_with, duration
from bff.telemetry.waterfall.model import Phase, Waterfall

WORTH_SAYING: Final = 0.05
"""A share of the page's time."""


def story(waterfall: Waterfall) -> str:
    """Such as "412 ms, most of it waiting for ads's first byte (300 ms). Without ads this page would have taken …"."""
    return " ".join(filter(None, (_spent(waterfall), _without(waterfall))))


def _culprit(waterfall: Waterfall) -> str | None:
    """The source that was waited for longest."""
    totals: defaultdict[str | None, float] = defaultdict(float)
    for step in waterfall.critical:
        totals[step.source] += step.end - step.start
    return max(totals, key=lambda source: totals[source], default=None)


def taken(waterfall: Waterfall) -> float:
    """Seconds, as far as it came."""
    if waterfall.seconds is not None:
        return waterfall.seconds
    ends = [bar.end for bar in waterfall.bars] + [step.end for step in waterfall.critical]
    return max(ends, default=0.0)


def _spent(waterfall: Waterfall) -> str:
    seconds = taken(waterfall)
    said = duration(seconds) if waterfall.seconds is not None else f"Still under way after {duration(seconds)}"
    totals: defaultdict[tuple[Phase, str | None], float] = defaultdict(float)
    for step in waterfall.critical:
        totals[step.phase, step.source] += step.end - step.start
    if not totals or seconds <= 0:
        return f"{said}."
    (phase, source), longest = max(totals.items(), key=lambda each: each[1])
    share = longest / seconds
    part = "nearly all of it" if share > 0.97 else "most of it" if share > 0.5 else "the longest part of it"
    return f"{said}, {part} {busy_with(phase, source)} ({duration(longest)})."


def _without(waterfall: Waterfall) -> str:
    if not waterfall.without or waterfall.seconds is None:
        return ""
    seconds = waterfall.seconds
    first = min(waterfall.without, key=lambda one: (one.source != _culprit(waterfall), one.seconds))
    if first.seconds > seconds * (1 - WORTH_SAYING):
        first = waterfall.without[0]
    if seconds <= 0 or first.seconds > seconds * (1 - WORTH_SAYING):
        return "No source alone made it slow: without any one of them it would have taken about as long."
    return f"Without {first.source} this page would have taken {duration(first.seconds)}."
