"""Waterfalls as requests leave them, for tests and for pictures. Times are in milliseconds here."""

from collections.abc import Callable, Sequence
from typing import Final

from bff.telemetry.waterfall.model import (
    AttemptBars,
    Bar,
    CallBars,
    LoadBars,
    Phase,
    SectionBars,
    Step,
    Waterfall,
    Without,
)

STARTED: Final = 1_795_500_000.25


def bars(start: float, *stretches: tuple[Phase, float]) -> tuple[Bar, ...]:
    """Without gaps: each phase with the moment when it ends."""
    made = []
    for phase, end in stretches:
        made.append(Bar(phase, start / 1000, end / 1000))
        start = end
    return tuple(made)


def attempt(
    start: float,
    *stretches: tuple[Phase, float],
    status: int | None = 200,
    code: str | None = None,
    hedge: bool = False,
    ended: bool = True,
) -> AttemptBars:
    """It ends with its last phase, if it has ended."""
    end = (stretches[-1][1] if stretches else start) / 1000
    taken = 4_120 if status == 200 else 0
    made = bars(start, *stretches)
    return AttemptBars(start / 1000, end if ended else None, made, status, code, 310, taken, hedge)


def fetched(start: float, first_byte: float, body: float, decode: float) -> AttemptBars:
    """One that went well."""
    return attempt(start, (Phase.FIRST_BYTE, first_byte), (Phase.BODY, body), (Phase.DECODE, decode))


def call(
    name: str,
    *attempts: AttemptBars,
    before: tuple[Bar, ...] = (),
    keys: int = 1,
    code: str | None = None,
    made_for: str | None = None,
) -> CallBars:
    """`users.by_ids`."""
    source, _, called = name.partition(".")
    moments = [bar.start for bar in before] + [each.start for each in attempts]
    ends = [each.end for each in attempts]
    end = (
        None
        if None in ends
        else max((each for each in ends if each is not None), default=before[-1].end if before else 0.0)
    )
    return CallBars(source, called, keys, min(moments), end, before, attempts, code, None, made_for)


def load(
    name: str,
    start: float,
    *stretches: tuple[Phase, float],
    waited_for: int | None = None,
    field: str | None = None,
    keys: int = 1,
) -> LoadBars:
    """Of `users.by_ids`."""
    source, _, called = name.partition(".")
    made = bars(start, *stretches)
    return LoadBars(source, called, field, keys, start / 1000, stretches[-1][1] / 1000, made, waited_for)


def section(
    name: str,
    start: float,
    *stretches: tuple[Phase, float],
    loads: Sequence[LoadBars] = (),
    state: str = "LIVE",
    code: str | None = None,
    age: float | None = 0.0,
    source: str | None = None,
    alias: str | None = None,
) -> SectionBars:
    """Of the landing page."""
    made = bars(start, *stretches)
    of, path = source or name, f"landingPage.{alias or name}"
    core, end = name != "recommendations", stretches[-1][1] / 1000
    return SectionBars(name, path, of, core, state, code, age, start / 1000, end, made, tuple(loads))


def page(
    total: float | None,
    *,
    sections: Sequence[SectionBars] = (),
    calls: Sequence[CallBars] = (),
    critical: Sequence[Step] = (),
    without: Sequence[tuple[str, float]] = (),
    stretches: Sequence[tuple[Phase, float]] = (),
    verdict: str | None = "whole",
    request_id: str = "4f0c9a51d2",
    status: int | None = 200,
    code: str | None = None,
    bytes_out: int = 18_240,
) -> Waterfall:
    """A request for the landing page."""
    return Waterfall(
        request_id=request_id,
        trace_id="0af7651916cd43dd8448eb211c80319c",
        operation="Landing",
        client="web",
        started=STARTED,
        seconds=None if total is None else total / 1000,
        status=status,
        verdict=verdict,
        code=code,
        bytes_out=bytes_out,
        bars=bars(0, *(stretches or usual(total or 0))),
        sections=tuple(sections),
        calls=tuple(calls),
        critical=tuple(critical),
        without=tuple(Without(source, milliseconds / 1000) for source, milliseconds in without),
    )


def usual(total: float) -> Sequence[tuple[Phase, float]]:
    """How a request for a page goes."""
    return (
        (Phase.VIEWER, 1.1),
        (Phase.BODY_IN, 1.4),
        (Phase.DOCUMENT, 2.2),
        (Phase.RESOLVE, total - 1.6),
        (Phase.SERIALISE, total),
    )


def path(total: float, *steps: tuple[str, str | None, Phase, float]) -> list[Step]:
    """The critical path of a request that goes as usual: each step with the moment when it ends."""
    whole = (
        ("page", None, Phase.VIEWER, 1.1),
        ("page", None, Phase.BODY_IN, 1.4),
        ("page", None, Phase.DOCUMENT, 2.2),
        *steps,
        ("page", None, Phase.RESOLVE, total - 1.6),
        ("page", None, Phase.SERIALISE, total),
    )
    start, made = 0.0, []
    for what, source, phase, end in whole:
        made.append(Step(what, source, phase, start / 1000, end / 1000))
        start = end
    return made


def simple(
    name: str, called: str, first_byte: float, body: float, decode: float, index: int, *, loads: Sequence[LoadBars] = ()
) -> tuple[SectionBars, CallBars]:
    """A section that was asked for at 3 ms, was not in the cache, and came."""
    own = (
        (Phase.CACHE, 4.1),
        (Phase.FIRST_BYTE, first_byte),
        (Phase.BODY, body),
        (Phase.DECODE, decode),
    )
    until = max([each.end * 1000 for each in loads], default=decode) + 0.6
    more = ((Phase.FIRST_BYTE, until - 0.6), (Phase.RESOLVE, until)) if loads else ((Phase.RESOLVE, until),)
    made = section(
        name,
        2.4,
        (Phase.RESOLVE, 3.0),
        *own,
        *more,
        loads=[load(called, 3.0, *own, waited_for=index), *loads],
    )
    return made, call(called, fetched(4.1, first_byte, body, decode))


def whole() -> Waterfall:
    """Nothing is wrong: the senders make it a staircase of two."""
    sender = load(
        "users.by_ids", 68.5, (Phase.CACHE, 69.4), (Phase.FIRST_BYTE, 104), (Phase.DECODE, 105.2),
        waited_for=4, field="sender", keys=9,
    )  # fmt: skip
    made = [
        simple("viewer", "users.by_ids", 31, 31.6, 32, 0),
        simple("messages", "messages.latest", 61, 66.5, 68.3, 1, loads=[sender]),
        simple("todos", "todos.latest", 44, 47, 48.2, 2),
        simple("notifications", "notifications.latest", 38, 39.2, 40, 3),
    ]
    calls = [each for _, each in made] + [call("users.by_ids", fetched(69.4, 104, 104.6, 105.2), keys=9)]
    cached = (Phase.CACHE, 3.4)
    recommended = load("recommendations.next", 3.0, cached)
    sections = [each for each, _ in made]
    sections.append(
        section(
            "recommendations", 2.4, (Phase.RESOLVE, 3.0), cached, (Phase.RESOLVE, 3.6),
            loads=[recommended], state="CACHED", age=41.2,
        )
    )  # fmt: skip
    critical = path(
        109,
        ("messages", None, Phase.RESOLVE, 3.0),
        ("messages", "messages", Phase.CACHE, 4.1),
        ("messages", "messages", Phase.FIRST_BYTE, 61),
        ("messages", "messages", Phase.BODY, 66.5),
        ("messages", "messages", Phase.DECODE, 68.3),
        ("messages", "users", Phase.CACHE, 69.4),
        ("messages", "users", Phase.FIRST_BYTE, 104),
        ("messages", "users", Phase.DECODE, 105.2),
    )
    without = [("messages", 50.8), ("users", 71), ("todos", 109), ("notifications", 109)]
    return page(109, sections=sections, calls=calls, critical=critical, without=without)


def vendor_hangs() -> Waterfall:
    """Recommendations are given up at 300 ms; their call goes on to 2 s, for the next page."""
    sender = load(
        "users.by_ids", 68.5, (Phase.CACHE, 69.4), (Phase.FIRST_BYTE, 104), (Phase.DECODE, 105.2),
        waited_for=5, field="sender", keys=9,
    )  # fmt: skip
    made = [
        simple("viewer", "users.by_ids", 31, 31.6, 32, 0),
        simple("messages", "messages.latest", 61, 66.5, 68.3, 1, loads=[sender]),
        simple("todos", "todos.latest", 44, 47, 48.2, 2),
        simple("notifications", "notifications.latest", 38, 39.2, 40, 3),
    ]
    waited = ((Phase.CACHE, 4.1), (Phase.FIRST_BYTE, 304.1))
    vendor = call(
        "recommendations.next",
        attempt(4.1, (Phase.FIRST_BYTE, 2004.1), status=None, code="DEADLINE_EXCEEDED"),
        code="DEADLINE_EXCEEDED",
    )
    lost = section(
        "recommendations", 2.4, (Phase.RESOLVE, 3.0), *waited, (Phase.RESOLVE, 304.4),
        loads=[load("recommendations.next", 3.0, *waited, waited_for=4)],
        state="TIMED_OUT", code="DEADLINE_EXCEEDED", age=None,
    )  # fmt: skip
    critical = path(
        308,
        ("recommendations", None, Phase.RESOLVE, 3.0),
        ("recommendations", "recommendations", Phase.CACHE, 4.1),
        ("recommendations", "recommendations", Phase.FIRST_BYTE, 304.1),
    )
    return page(
        308,
        sections=[*(each for each, _ in made), lost],
        calls=[*(each for _, each in made), vendor, call("users.by_ids", fetched(69.4, 104, 104.6, 105.2), keys=9)],
        critical=critical,
        without=[("recommendations", 109), ("messages", 308), ("users", 308), ("todos", 308), ("notifications", 308)],
        verdict="degraded",
        request_id="b7e2d0c4a8f14c7d",
    )


def _one_slow(
    stretches: Sequence[tuple[Phase, float]], made: CallBars, *, request_id: str, state: str = "LIVE"
) -> Waterfall:
    end = stretches[-1][1]
    slow = section(
        "todos", 2.4, (Phase.RESOLVE, 3.0), *stretches, (Phase.RESOLVE, end + 0.4),
        loads=[load("todos.latest", 3.0, *stretches, waited_for=0)], state=state,
    )  # fmt: skip
    steps = [("todos", None, Phase.RESOLVE, 3.0), *(("todos", "todos", phase, until) for phase, until in stretches)]
    viewer, users = simple("viewer", "users.by_ids", 31, 31.6, 32, 1)
    return page(
        end + 3,
        sections=[viewer, slow],
        calls=[made, users],
        critical=path(end + 3, *steps),
        without=[("todos", 36), ("users", end + 3)],
        request_id=request_id,
    )


def retried() -> Waterfall:
    """Two attempts fail, the third one brings it."""
    made = call(
        "todos.latest",
        attempt(4.1, (Phase.FIRST_BYTE, 24), status=503, code="UPSTREAM_ERROR"),
        attempt(52, (Phase.CONNECT, 53), status=None, code="UPSTREAM_UNREACHABLE"),
        fetched(118, 140, 141.5, 142),
        before=bars(24, (Phase.BACKOFF, 52)) + bars(53, (Phase.BACKOFF, 118)),
    )
    stretches = (
        (Phase.CACHE, 4.1), (Phase.FIRST_BYTE, 24), (Phase.BACKOFF, 52), (Phase.CONNECT, 53), (Phase.BACKOFF, 118),
        (Phase.FIRST_BYTE, 140), (Phase.BODY, 141.5), (Phase.DECODE, 142),
    )  # fmt: skip
    return _one_slow(stretches, made, request_id="retried-3")


def hedged() -> Waterfall:
    """The second attempt races the first, and wins."""
    made = call(
        "todos.latest",
        attempt(4.1, (Phase.FIRST_BYTE, 133), status=None, code="CANCELLED"),
        attempt(95, (Phase.FIRST_BYTE, 130), (Phase.BODY, 132), (Phase.DECODE, 133), hedge=True),
    )
    stretches = ((Phase.CACHE, 4.1), (Phase.FIRST_BYTE, 130), (Phase.BODY, 132), (Phase.DECODE, 133))
    return _one_slow(stretches, made, request_id="hedged-1")


def joined() -> Waterfall:
    """The call was under way already, for another request."""
    made = call(
        "todos.latest",
        fetched(-120, 84, 88, 89),
        before=bars(-141, (Phase.CACHE, -139), (Phase.QUEUE, -120)),
        made_for="e1d9a07b33",
    )
    stretches = ((Phase.CACHE, 4.1), (Phase.FIRST_BYTE, 84), (Phase.BODY, 88), (Phase.DECODE, 89))
    return _one_slow(stretches, made, request_id="joined-1")


def elsewhere() -> Waterfall:
    """Another process fetches the same."""
    made = call("todos.latest", before=bars(4.1, (Phase.CACHE, 5), (Phase.ELSEWHERE, 152)))
    stretches = ((Phase.CACHE, 5), (Phase.ELSEWHERE, 152))
    return _one_slow(stretches, made, request_id="elsewhere-1", state="CACHED")


def queued() -> Waterfall:
    """All slots are taken."""
    made = call("todos.latest", fetched(190, 212, 214, 215), before=bars(4.1, (Phase.CACHE, 5), (Phase.QUEUE, 190)))
    stretches = (
        (Phase.CACHE, 5), (Phase.QUEUE, 190), (Phase.FIRST_BYTE, 212), (Phase.BODY, 214), (Phase.DECODE, 215)
    )  # fmt: skip
    return _one_slow(stretches, made, request_id="queued-1")


NAMES: Final = ("viewer", "messages", "todos", "notifications", "recommendations")


def cached() -> Waterfall:
    """No upstream was asked."""
    sections = [
        section(
            name, 2.4, (Phase.RESOLVE, 2.5), (Phase.CACHE, 2.9), (Phase.RESOLVE, 3.0),
            loads=[load(f"{name}.latest", 2.5, (Phase.CACHE, 2.9))],
            state="STALE" if name == "todos" else "CACHED", age=71.0 if name == "todos" else 12.5,
        )
        for name in NAMES
    ]  # fmt: skip
    steps = (("todos", None, Phase.RESOLVE, 2.5), ("todos", "todos", Phase.CACHE, 2.9))
    without = [(name, 4.6) for name in NAMES]
    return page(4.6, sections=sections, critical=path(4.6, *steps), without=without, request_id="cached-all")


def all_down() -> Waterfall:
    """Nothing is to be had."""
    ways = (
        ("UNAVAILABLE", "UPSTREAM_UNREACHABLE", None),
        ("SHED", "BREAKER_OPEN", None),
        ("UNAVAILABLE", "UPSTREAM_ERROR", 500),
        ("SHED", "BULKHEAD_FULL", None),
        ("DISABLED", "DISABLED", None),
    )
    sections: list[SectionBars] = []
    calls: list[CallBars] = []
    for index, (name, (state, code, status)) in enumerate(zip(NAMES, ways, strict=True)):
        asked = state == "UNAVAILABLE"
        waited = ((Phase.CACHE, 2.9), (Phase.FIRST_BYTE, 7.5)) if asked else ((Phase.CACHE, 2.9),)
        loads = [load(f"{name}.latest", 2.5, *waited, waited_for=len(calls) if asked else None)]
        if asked:
            calls.append(
                call(
                    f"{name}.latest",
                    attempt(2.9, (Phase.FIRST_BYTE, 7.5 - index), status=status, code=code),
                    code=code,
                )
            )
        stretches = ((Phase.RESOLVE, 2.5), *waited, (Phase.RESOLVE, 7.7))
        sections.append(
            section(name, 2.4, *stretches, state=state, code=code, age=None, loads=() if state == "DISABLED" else loads)
        )
    steps = (("viewer", None, Phase.RESOLVE, 2.5), ("viewer", "viewer", Phase.CACHE, 2.9),
             ("viewer", "viewer", Phase.FIRST_BYTE, 7.5))  # fmt: skip
    return page(
        10, sections=sections, calls=calls, critical=path(10, *steps), without=[("viewer", 8.1)],
        verdict="core_missing", code="PAGE_UNAVAILABLE", request_id="all-down",
    )  # fmt: skip


def very_many_sections() -> Waterfall:
    """Under three hundred aliases, the last of which is waited for."""
    sections, calls = [], []
    for number in range(300):
        end = 20 + number * 0.4
        made, asked = simple("todos", "todos.latest", end, end + 1, end + 2, number)
        sections.append(under(made, f"t{number}"))
        calls.append(asked)
    steps = (("landingPage.t299", "todos", Phase.CACHE, 4.1), ("landingPage.t299", "todos", Phase.FIRST_BYTE, 141.6))
    return page(
        148, sections=sections, calls=calls, critical=path(148, *steps), without=[("todos", 6)], request_id="many"
    )


def under(made: SectionBars, alias: str) -> SectionBars:
    """The same section under another name."""
    return SectionBars(
        made.name, f"landingPage.{alias}", made.source, made.core, made.state, made.code, made.age, made.start,
        made.end, made.bars, made.loads,
    )  # fmt: skip


def no_time_at_all() -> Waterfall:
    """As a clock that stands still tells it."""
    return page(0, stretches=((Phase.VIEWER, 0), (Phase.SERIALISE, 0)), request_id="0ms", bytes_out=0)


def under_way() -> Waterfall:
    """Looked at before its end."""
    made, asked = simple("viewer", "users.by_ids", 31, 31.6, 32, 0)
    waited = ((Phase.CACHE, 4.1), (Phase.FIRST_BYTE, 180))
    slow = section(
        "todos", 2.4, (Phase.RESOLVE, 3.0), *waited, loads=[load("todos.latest", 3.0, *waited, waited_for=1)]
    )
    open_call = call("todos.latest", attempt(4.1, (Phase.FIRST_BYTE, 180), status=None, ended=False))
    early = ((Phase.VIEWER, 1.1), (Phase.BODY_IN, 1.4), (Phase.DOCUMENT, 2.2), (Phase.RESOLVE, 180))
    steps = [Step("todos", "todos", Phase.FIRST_BYTE, 0.0022, 0.18)]
    return page(
        None, sections=[made, slow], calls=[asked, open_call], critical=steps, stretches=early,
        verdict=None, status=None, request_id="under-way", bytes_out=0,
    )  # fmt: skip


def refused() -> Waterfall:
    """Nothing was executed."""
    return page(
        0.8, stretches=((Phase.VIEWER, 0.8),), verdict="refused", status=401, code="UNAUTHENTICATED",
        critical=[Step("page", None, Phase.VIEWER, 0, 0.0008)], request_id="refused", bytes_out=120,
    )  # fmt: skip


EXAMPLES: Final[Sequence[Callable[[], Waterfall]]] = (
    whole,
    vendor_hangs,
    retried,
    hedged,
    joined,
    elsewhere,
    queued,
    cached,
    all_down,
    very_many_sections,
    no_time_at_all,
    under_way,
    refused,
)
