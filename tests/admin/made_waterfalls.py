"""Waterfalls that hypothesis makes: whatever clients call things, and whatever clocks do."""

from hypothesis import strategies as st

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

HOSTILE = (
    "<script>alert(1)</script>",
    "\"'><img src=x onerror=alert(1)>",
    "</title></svg></style>",
    "a\nend\nP0->>P1: forged",
    "&amp; &#60; #59;",
    "\x00\x1b[31m\u202egnp.exe\ud800",
)

names = st.sampled_from(HOSTILE) | st.text(st.characters(), max_size=60)
moments = st.floats(-20, 20) | st.sampled_from([0.0, 1e-9, 0.3])
codes = st.none() | st.sampled_from(["DEADLINE_EXCEEDED", "UPSTREAM_ERROR", "CANCELLED"])
states = st.sampled_from(["LIVE", "CACHED", "STALE", "TIMED_OUT", "UNAVAILABLE", "SHED", "DISABLED"])


def stretch(start: float, seconds: float, phase: Phase) -> Bar:
    return Bar(phase, start, start + seconds)


bars = st.builds(stretch, moments, st.floats(0, 10), st.sampled_from(Phase))
some_bars = st.lists(bars, max_size=4).map(tuple)
statuses = st.none() | st.sampled_from([200, 503])
attempts = st.builds(
    AttemptBars,
    start=moments,
    end=st.none() | moments,
    bars=some_bars,
    status=statuses,
    code=codes,
    bytes_out=st.just(0),
    bytes_in=st.integers(0, 10**9),
    hedge=st.booleans(),
)
calls = st.builds(
    CallBars,
    source=names,
    call=names,
    keys=st.integers(0, 50),
    start=moments,
    end=st.none() | moments,
    before=some_bars,
    attempts=st.lists(attempts, max_size=3).map(tuple),
    code=codes,
    reason=st.none() | names,
    made_for=st.none() | names,
)
loads = st.builds(
    LoadBars,
    source=names,
    call=names,
    field=st.none() | names,
    keys=st.integers(0, 50),
    start=moments,
    end=moments,
    bars=some_bars,
    waited_for=st.none() | st.integers(0, 4),
)
sections = st.builds(
    SectionBars,
    name=names,
    path=names,
    source=names,
    core=st.booleans(),
    state=states,
    code=codes,
    age=st.none() | st.floats(0, 1e6),
    start=moments,
    end=moments,
    bars=some_bars,
    loads=st.lists(loads, max_size=3).map(tuple),
)
steps = st.builds(Step, what=names, source=st.none() | names, phase=st.sampled_from(Phase), start=moments, end=moments)
waterfalls = st.builds(
    Waterfall,
    request_id=st.from_regex(r"[A-Za-z0-9_.:-]{1,20}", fullmatch=True),
    trace_id=st.just("0af7651916cd43dd8448eb211c80319c"),
    operation=st.none() | names,
    client=st.none() | names,
    started=st.floats(0, 4e9),
    seconds=st.none() | st.floats(0, 20),
    status=statuses,
    verdict=st.none() | st.sampled_from(["whole", "degraded", "core_missing", "gone"]),
    code=codes,
    bytes_out=st.integers(0, 10**9),
    bars=some_bars,
    sections=st.lists(sections, max_size=4).map(tuple),
    calls=st.lists(calls, max_size=4).map(tuple),
    critical=st.lists(steps, max_size=5).map(tuple),
    without=st.lists(st.builds(Without, source=names, seconds=moments), max_size=3).map(tuple),
)
