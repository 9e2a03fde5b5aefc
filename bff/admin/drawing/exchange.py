"""What went between browser, BFF, cache and upstreams for one request, in order."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bff.admin.drawing.rows import CALLED_OFF, gave_up
from bff.admin.drawing.story import taken
from bff.admin.drawing.words import age, counted, duration
from bff.telemetry.waterfall.model import AttemptBars, Bar, CallBars, LoadBars, Phase, SectionBars, Waterfall

BROWSER: Final = "Browser"
GATEWAY: Final = "Gateway"
BFF: Final = "BFF"
CACHE: Final = "Cache"

MOST: Final = 200
"""Steps that are told."""

SHORTEST_WAIT: Final = 0.001
"""Seconds; of a shorter wait nothing is said."""


class Kind(StrEnum):
    """What a step is."""

    ASK = "ask"
    ANSWER = "answer"
    LOST = "lost"
    """It ends in a cross: nobody gets it."""

    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Told:
    """One step: from one to another, or (a note) what one of them does. `wrong` where it is a fault."""

    at: float
    kind: Kind
    source: str
    target: str
    text: str
    wrong: bool = False
    done: str | None = None
    """Who is through with what was asked of it."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """`parallel` has the stretches of `steps` (first, behind the last) that are asked without waiting between."""

    who: tuple[str, ...]
    steps: tuple[Told, ...]
    parallel: tuple[tuple[int, int], ...]
    answered: float | None
    """When the page's answer was there."""

    left_out: int


def exchange_of(waterfall: Waterfall) -> Exchange:
    """In the order in which things happened."""
    found = [*_request(waterfall), *_sections(waterfall)]
    for call in waterfall.calls:
        found += _call(call)
    answer = list(_answer(waterfall))
    # The page's answer is told in any case, however much comes before it.
    kept = sorted(sorted(found, key=_when)[: MOST - len(answer)] + answer, key=_when)
    busy = {step.source for step in kept} | {step.target for step in kept}
    who = [
        BROWSER,
        GATEWAY,
        BFF,
        *([CACHE] if CACHE in busy else []),
        *dict.fromkeys(call.source for call in waterfall.calls),
    ]
    upstream = frozenset(who[3:])
    return Exchange(
        tuple(name for name in who if name in busy),
        tuple(kept),
        tuple(_together(kept, upstream)),
        waterfall.seconds,
        len(found) + len(answer) - len(kept),
    )


def _when(step: Told) -> tuple[float, bool]:
    """Notes are of what begins at that moment."""
    return step.at, step.kind is Kind.NOTE


def _request(waterfall: Waterfall) -> Iterator[Told]:
    before = BROWSER
    asks = f"asks {waterfall.operation or 'a query without a name'}"
    if waterfall.gateway:
        yield Told(0.0, Kind.ASK, BROWSER, GATEWAY, asks)
        before, asks = GATEWAY, "hands it on"
    yield Told(0.0, Kind.ASK, before, BFF, asks)


def _answer(waterfall: Waterfall) -> Iterator[Told]:
    missing = [section.name for section in waterfall.sections if section.state in ("TIMED_OUT", "UNAVAILABLE", "SHED")]
    before = GATEWAY if waterfall.gateway else BROWSER
    without = f", without {', '.join(dict.fromkeys(missing))}" if missing else ""
    if waterfall.seconds is None:
        yield Told(taken(waterfall), Kind.NOTE, BFF, BFF, "still under way when this was drawn")
    elif waterfall.status is None or waterfall.verdict == "gone":
        text = f"the client left after {duration(waterfall.seconds)}"
        yield Told(waterfall.seconds, Kind.LOST, BFF, before, text, wrong=True, done=BFF)
    else:
        parts = (str(waterfall.status), waterfall.code, duration(waterfall.seconds))
        text = " · ".join(filter(None, parts)) + without
        wrong = waterfall.status >= 500 or bool(missing)
        yield Told(waterfall.seconds, Kind.ANSWER, BFF, before, text, wrong=wrong, done=BFF)


def _sections(waterfall: Waterfall) -> Iterator[Told]:
    for section in waterfall.sections:
        for load in section.loads:
            yield from _looked_up(section, load, waterfall.calls)
        yield from _given_up(section, waterfall.calls)


def _looked_up(section: SectionBars, load: LoadBars, calls: Sequence[CallBars]) -> Iterator[Told]:
    """A call takes off when the answer is there, and whoever waits is told a moment later."""
    if not load.bars or load.bars[0].phase is not Phase.CACHE:
        return
    asked, answered = load.bars[0].start, load.bars[0].end
    if load.waited_for is not None and load.waited_for < len(calls) and calls[load.waited_for].start > asked:
        answered = min(answered, calls[load.waited_for].start)
    what = f"{load.source}.{load.call}" + (f", {counted(load.keys, 'key')}" if load.keys > 1 else "")
    yield Told(asked, Kind.ASK, BFF, CACHE, what)
    found = f"{load.source}.{load.call}: {_found(section, load)}"
    yield Told(answered, Kind.ANSWER, CACHE, BFF, found, done=CACHE)


def _found(section: SectionBars, load: LoadBars) -> str:
    if load.waited_for is not None:
        return "miss"
    if load.code is not None:
        return f"miss, and no call was made: {load.code}"
    if load.field is not None or section.state in ("LIVE", "CACHED"):
        return "hit"
    return "stale" if section.state == "STALE" else "miss"


def _given_up(section: SectionBars, calls: Sequence[CallBars]) -> Iterator[Told]:
    if not gave_up(section):
        return
    instead = f", {section.state}" if section.age is None else f", a value {age(section.age)} old instead"
    text = f"not there after {duration(section.end - section.start)}{instead}"
    waited_for = {load.waited_for for load in section.loads if load.field is None and load.waited_for is not None}
    asked = [calls[index] for index in waited_for if index < len(calls) and calls[index].attempts]
    source = asked[0].source if asked else BFF
    yield Told(section.end, Kind.LOST if asked else Kind.NOTE, source, BFF, f"{section.name} {text}", wrong=True)


def _call(call: CallBars) -> Iterator[Told]:
    if call.made_for is not None:
        text = (
            f"joins {call.source}.{call.call}, which request {call.made_for} asked for {duration(-call.start)} before"
        )
        yield Told(0.0, Kind.NOTE, BFF, BFF, text)
    for bar in call.before:
        yield from _waited(call, bar)
    for number, attempt in enumerate(call.attempts, start=1):
        yield from _attempt(call, attempt, number)


def _waited(call: CallBars, bar: Bar) -> Iterator[Told]:
    took = duration(bar.end - bar.start)
    match bar.phase:
        case Phase.CACHE:
            yield Told(bar.start, Kind.ASK, BFF, CACHE, f"{call.source}.{call.call}: may I fetch it?")
            text = f"{call.source}.{call.call}: answered after {took}"
            yield Told(bar.end, Kind.ANSWER, CACHE, BFF, text, done=CACHE)
        case Phase.ELSEWHERE:
            text = f"{took}: another process fetches {call.source}.{call.call}"
            yield Told(bar.start, Kind.NOTE, CACHE, CACHE, text)
        case Phase.QUEUE if bar.end - bar.start >= SHORTEST_WAIT:
            yield Told(bar.start, Kind.NOTE, BFF, BFF, f"{took}: waits for a free slot of {call.source}")
        case Phase.BACKOFF:
            yield Told(bar.start, Kind.NOTE, BFF, BFF, f"{took}: waits before {call.source} is tried again")


def _attempt(call: CallBars, attempt: AttemptBars, number: int) -> Iterator[Told]:
    again = f", {'hedge' if attempt.hedge else 'retry'}: attempt {number}" if number > 1 else ""
    keys = f", {counted(call.keys, 'key')}" if call.keys > 1 else ""
    yield Told(attempt.start, Kind.ASK, BFF, call.source, f"{call.call}{keys}{again}")
    if attempt.end is None:
        now = max((bar.end for bar in attempt.bars), default=attempt.start)
        yield Told(now, Kind.NOTE, call.source, call.source, "no answer yet when this was drawn")
        return
    took = duration(attempt.end - attempt.start)
    if attempt.code == CALLED_OFF:
        yield Told(attempt.end, Kind.LOST, BFF, call.source, f"called off after {took}", done=call.source)
    elif attempt.status is None and attempt.code is not None:
        yield Told(attempt.end, Kind.LOST, call.source, BFF, f"{attempt.code} after {took}", True, call.source)
    else:
        text = " · ".join(filter(None, (str(attempt.status or ""), attempt.code, took)))
        yield Told(attempt.end, Kind.ANSWER, call.source, BFF, text, attempt.code is not None, call.source)


def _together(steps: Iterable[Told], upstream: frozenset[str]) -> Iterator[tuple[int, int]]:
    """Two or more questions in a row, with nothing between them."""
    first: int | None = None
    number = 0
    for number, step in enumerate(steps):
        asks = step.kind is Kind.ASK and step.target in upstream
        if asks and first is None:
            first = number
        elif not asks and first is not None:
            if number - first > 1:
                yield first, number
            first = None
    if first is not None and number + 1 - first > 1:
        yield first, number + 1
