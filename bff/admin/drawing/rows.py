"""Which rows a waterfall has: the page, each section, below it what it loaded, and the calls it waited for."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bff.admin.drawing.story import taken
from bff.admin.drawing.words import age, counted, duration, size
from bff.telemetry.waterfall.model import AttemptBars, Bar, CallBars, LoadBars, SectionBars, Waterfall

MOST_SECTIONS: Final = 60
"""In a picture; all of them are in the table."""

CALLED_OFF: Final = "CANCELLED"
"""The code of an attempt that nobody waited for any more."""


class Kind(StrEnum):
    """What a row is of."""

    PAGE = "page"
    SECTION = "section"
    LOAD = "load"
    ATTEMPT = "attempt"


@dataclass(frozen=True, slots=True)
class Row:
    """One row. `end` is None where it is not over."""

    kind: Kind
    label: str
    detail: str
    bars: tuple[Bar, ...]
    end: float | None
    told: str
    """What stands at the end of its bars."""

    state: str | None = None
    """Of a section."""

    core: bool = False
    gave_up: bool = False
    """Nobody waited for it any longer than `end`."""

    failed: bool = False
    path: str | None = None
    """Of a section."""


@dataclass(frozen=True, slots=True)
class Rows:
    """All rows of a picture, and how many sections found no place in it."""

    rows: tuple[Row, ...]
    left_out: int


def rows_of(waterfall: Waterfall) -> Rows:
    """The page first."""
    shown = _shown(waterfall)
    drawn: set[int] = set()
    rows = [_page(waterfall)]
    for section in shown:
        rows += _section(section, waterfall, drawn)
    for index, call in enumerate(waterfall.calls):
        waited_for = any(load.waited_for == index for section in waterfall.sections for load in section.loads)
        if index not in drawn and not waited_for and index < MOST_SECTIONS:
            rows += attempts_of(call)
    return Rows(tuple(rows), len(waterfall.sections) - len(shown))


def attempts_of(call: CallBars) -> Iterator[Row]:
    """A row for each attempt; one for a call that never got so far."""
    if not call.attempts:
        yield Row(Kind.ATTEMPT, _called(call), _joined(call), call.before, call.end, _outcome(call), failed=True)
        return
    since = float("-inf")
    for number, attempt in enumerate(call.attempts, start=1):
        before = tuple(bar for bar in call.before if since <= bar.start < attempt.start)
        since = attempt.start
        label = _called(call) if number == 1 else f"{'hedge' if attempt.hedge else 'retry'}: attempt {number}"
        detail = _joined(call) if number == 1 else ""
        told, failed = _answered(attempt), attempt.code not in (None, CALLED_OFF)
        yield Row(Kind.ATTEMPT, label, detail, before + attempt.bars, attempt.end, told, failed=failed)


def gave_up(section: SectionBars) -> bool:
    """Whether the page went on without it, or with an old value, because its time was up."""
    return section.state == "TIMED_OUT" or section.code == "DEADLINE_EXCEEDED"


def _shown(waterfall: Waterfall) -> Sequence[SectionBars]:
    """As many as there is place for, in their order; those the page waited for are among them."""
    awaited = {step.what for step in waterfall.critical}
    ranked = sorted(
        range(len(waterfall.sections)),
        key=lambda index: (not awaited & {waterfall.sections[index].name, waterfall.sections[index].path}, index),
    )
    return [waterfall.sections[index] for index in sorted(ranked[:MOST_SECTIONS])]


def _page(waterfall: Waterfall) -> Row:
    told = "under way" if waterfall.seconds is None else duration(waterfall.seconds)
    if waterfall.status is not None:
        told += f" · {waterfall.status}"
    if waterfall.bytes_out:
        told += f" · {size(waterfall.bytes_out)}"
    return Row(
        Kind.PAGE, "the page", waterfall.operation or "no operation name", waterfall.bars, waterfall.seconds, told
    )


def _section(section: SectionBars, waterfall: Waterfall, drawn: set[int]) -> Iterator[Row]:
    calls = waterfall.calls
    under_way = waterfall.seconds is None and section.end >= taken(waterfall)
    simple = len(section.loads) == 1 and section.loads[0].field is None
    took = duration(section.end - section.start)
    yield Row(
        Kind.SECTION,
        section.name,
        _about(section, section.loads[0] if simple else None),
        section.bars,
        None if under_way else section.end,
        f"{took}, goes on" if under_way else f"given up after {took}" if gave_up(section) else took,
        state=None if under_way else section.state,
        core=section.core,
        gave_up=gave_up(section),
        path=section.path,
    )
    for load in section.loads:
        call = calls[load.waited_for] if load.waited_for is not None and load.waited_for < len(calls) else None
        again = load.waited_for in drawn
        if not simple:
            yield _load(load, again=again)
        if call is not None and load.waited_for is not None and not again:
            drawn.add(load.waited_for)
            yield from attempts_of(call)


def _about(section: SectionBars, only: LoadBars | None) -> str:
    alias = section.path.rpartition(".")[2]
    return _listed(
        section.code,
        f"as {alias}" if alias != section.name else None,
        f"{only.source}.{only.call}" if only else None,
        f"{age(section.age)} old" if section.age is not None and section.state in ("CACHED", "STALE") else None,
    )


def _load(load: LoadBars, *, again: bool) -> Row:
    label = load.field or f"{load.source}.{load.call}"
    detail = f"{load.source}.{load.call}, {counted(load.keys, 'key')}" if load.field else counted(load.keys, "key")
    told = duration(load.end - load.start) + (" · in the call above" if again else "")
    return Row(Kind.LOAD, label, detail, load.bars, load.end, told)


def _called(call: CallBars) -> str:
    return f"→ {call.source}.{call.call}"


def _joined(call: CallBars) -> str:
    if call.made_for is not None:
        return f"joined; made for {call.made_for}"
    return counted(call.keys, "key") if call.keys > 1 else ""


def _answered(attempt: AttemptBars) -> str:
    end = attempt.bars[-1].end if attempt.end is None and attempt.bars else attempt.end
    took = duration((attempt.start if end is None else end) - attempt.start)
    if attempt.end is None:
        return f"{took}, goes on"
    status = None if attempt.status is None else str(attempt.status)
    if attempt.code == CALLED_OFF:
        return _listed(took, "called off")
    return _listed(took, status, attempt.code, size(attempt.bytes_in) if attempt.bytes_in else None)


def _outcome(call: CallBars) -> str:
    return _listed("never sent", call.code)


def _listed(*parts: str | None) -> str:
    return " · ".join(filter(None, parts))
