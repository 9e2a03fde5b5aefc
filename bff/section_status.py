"""`status(of:)`: the section report, typed, for client caches and code that switches on it."""

import asyncio
from datetime import datetime
from enum import Enum

import strawberry

from bff.errors import SectionState
from bff.report import RUNGS, Part, Path, Report, milliseconds, when


@strawberry.enum(name="SectionState", description="How a section of an answer was come by, best first.")
class State(Enum):
    """`SectionState`, with descriptions."""

    LIVE = strawberry.enum_value("LIVE", description="Fetched now.")
    CACHED = strawberry.enum_value("CACHED", description="Fresh from a cache.")
    STALE = strawberry.enum_value(
        "STALE", description="Older than it should be, because its service is slow or failing."
    )
    TIMED_OUT = strawberry.enum_value(
        "TIMED_OUT", description="Null: no answer in time. Ask again soon: it may have come meanwhile."
    )
    UNAVAILABLE = strawberry.enum_value(
        "UNAVAILABLE", description="Null: its service failed, could not be reached or made no sense."
    )
    SHED = strawberry.enum_value("SHED", description="Null: not even tried, to protect the rest.")
    DISABLED = strawberry.enum_value(
        "DISABLED",
        description="Null: switched off, or not asked for in this query; a deferred one tells in its own fragment.",
    )


@strawberry.type(description="How a section of this very answer was come by.")
class SectionStatus:
    """One row of the section report."""

    state: State = strawberry.field(description="The rung its data was taken from, or why there is none.")
    code: str | None = strawberry.field(description="Why it is not better, for example `DEADLINE_EXCEEDED`.")
    fetched_at: datetime | None = strawberry.field(description="When its data was fetched from its service.")
    retry_after_ms: int | None = strawberry.field(description="After how long it is worth asking again.")


async def status_of(name: str, page: Path, report: Report, part: Part | None = None) -> SectionStatus:
    """How a section was come by, once it is known; the lowest rung where it was asked for under several aliases.

    Nobody waits for what is deferred: there it is `DISABLED`, and told by a `status` in the same fragment.
    """
    records = report.asked_for(name, page, part)
    if not records:
        return SectionStatus(state=State.DISABLED, code=None, fetched_at=None, retry_after_ms=None)
    await asyncio.wait([record.settled for record in records])
    record = max(records, key=lambda one: RUNGS.index(one.state))
    return SectionStatus(
        state=_state(record.state),
        code=record.code,
        fetched_at=None if record.fetched_at is None else when(record.fetched_at),
        retry_after_ms=milliseconds(record.retry_after),
    )


def _state(state: SectionState) -> State:
    return State[state.name]
