"""Events as a page makes them, without a page."""

from typing import Any, Final

from bff.errors import SectionState
from bff.events import CacheFilled, CacheRead, CallFinished, Event, LoopTurned, PageFinished
from bff.page_timeline import PagePhase, PageTimeline, Verdict
from bff.report import Report, SectionRecord
from bff.standing import CacheStanding, SourceStanding, Standing
from bff.telemetry.metrics.listening import Metrics
from bff.timeline.call import Attempt, CallTimeline
from bff.timeline.exchange import Exchange
from bff.timeline.load import LoadTimeline
from bff.timeline.trace import TraceContext

TRACE: Final = TraceContext("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331", None, sampled=True, ours=True)
NOBODY_WAITS: Final[Any] = None
SECTIONS: Final = {
    "viewer": "users",
    "messages": "messages",
    "todos": "todos",
    "notifications": "notifications",
    "recommendations": "recommendations",
}


def section(
    name: str,
    state: SectionState = SectionState.LIVE,
    code: str | None = None,
    *,
    seconds: float = 0.02,
    loads: tuple[LoadTimeline, ...] = (),
) -> SectionRecord:
    """One that is settled."""
    path = ("landingPage", name)
    core = name != "recommendations"
    record = SectionRecord(name, SECTIONS[name], core, path, 100.0, NOBODY_WAITS, state, code, seconds=seconds)
    record.loads.extend(loads)
    return record


def call(source: str, *, asked_at: float = 100.002, seconds: float = 0.02, status: int | None = 200) -> CallTimeline:
    """One attempt, one exchange: 1 ms in the queue, then connecting, waiting, reading and decoding."""
    began = asked_at + 0.001
    ended = asked_at + seconds
    exchange = Exchange(began, 300, began + 0.001, None, None, None, status, 0)
    if status is not None:
        exchange.first_byte_at, exchange.body_at, exchange.decoded_at = ended - 0.004, ended - 0.002, ended - 0.001
        exchange.bytes_in = 2_000
    attempt = Attempt(began, "00f067aa0ba902b7", [exchange], ended, None if status == 200 else "UPSTREAM_ERROR")
    return CallTimeline(source, "first", 1, "r-1", TRACE, asked_at - 0.001, None, asked_at, [attempt], ended)


def page(
    *sections: SectionRecord,
    verdict: Verdict | None = Verdict.WHOLE,
    operation: str | None = "LandingPage",
    client: str | None = "web",
    seconds: float = 0.03,
    status: int | None = 200,
    code: str | None = None,
    phases: tuple[PagePhase, ...] = tuple(PagePhase),
    trace: TraceContext = TRACE,
    calls: tuple[CallTimeline, ...] = (),
) -> PageFinished:
    """A request that is over; its phases begin a millisecond after another, and serialising takes what is left."""
    timeline = PageTimeline("r-1", trace, 1_700_000_000.0, 100.0, client, Report(list(sections)), list(calls))
    timeline.marks.extend((phase, 100.0 + place / 1_000) for place, phase in enumerate(phases))
    timeline.operation, timeline.verdict, timeline.status, timeline.code = operation, verdict, status, code
    timeline.ended_at, timeline.bytes_out = 100.0 + seconds, 5_000
    return PageFinished(timeline)


def warm_page() -> list[Event]:
    """All sections out of the first tier, and the people of messages and todos in one look."""
    read: list[Event] = [
        CacheRead(source, "first", 0.0001, 1, 0, 0, 1, ages=(12.0,)) for source in (*SECTIONS.values(), "users")
    ]
    read[-1] = CacheRead("users", "by_ids", 0.0001, 10, 0, 0, 10, ages=(3.0,) * 10)
    sections = [
        section(name, SectionState.CACHED, loads=(LoadTimeline(source, "first", None, 100, 100, 100, 1, None),))
        for name, source in SECTIONS.items()
    ]
    return [*read, page(*sections)]


def cold_page() -> list[Event]:
    """Each section fetched, and ten people."""
    told: list[Event] = []
    sections = []
    for name, source in SECTIONS.items():
        made = call(source)
        load = LoadTimeline(source, "first", None, 100, 100.001, 100.02, 1, made)
        told.append(CacheRead(source, "first", 0.001, 0, 0, 1, 0))
        told.append(CallFinished(source, "first", 0.02, None, None, made))
        told.append(CacheFilled(source, "first", 1, 2_000))
        sections.append(section(name, loads=(load,)))
    people = call("users")
    told.append(CacheRead("users", "by_ids", 0.001, 0, 0, 10, 0))
    told.append(CallFinished("users", "by_ids", 0.02, None, None, people))
    told.append(CacheFilled("users", "by_ids", 10, 4_000))
    sections[1].loads.append(LoadTimeline("users", "by_ids", "sender", 100, 100.001, 100.02, 10, people))
    calls = tuple(event.timeline for event in told if isinstance(event, CallFinished) and event.timeline)
    return [*told, page(*sections, calls=calls)]


def standing(
    *, breaker: str = "closed", enabled: bool = True, reachable: bool | None = True, hedge_budget: int | None = None
) -> Standing:
    """One source, and a cache server unless `reachable` is None."""
    source = SourceStanding(
        "recommendations",
        enabled,
        breaker,
        waited_for=True,
        slots_taken=3,
        slots=20,
        slots_waiting=1,
        retry_budget=10,
        hedge_budget=hedge_budget,
    )
    cache = CacheStanding(1_000, 64_000, 7, 2, reachable, None if reachable is None else True)
    return Standing((source,), cache, pages_in_flight=4, connections=9)


def metrics(worker: str = "0", *, most_series: int = 10_000, now: Standing | None = None) -> Metrics:
    """Of one worker that tells `LandingPage` and `web` apart, and whose loop has turned once."""
    worker_metrics = Metrics(
        worker=worker,
        version="1.2.3",
        settings_hash="abc123",
        standing=lambda: now or standing(),
        operations=("LandingPage",),
        clients=("web", "ios"),
        most_series=most_series,
    )
    worker_metrics(LoopTurned(0.0))
    return worker_metrics
