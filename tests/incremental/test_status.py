"""`status(of:)` of what is deferred: the truth in its own fragment, and nobody waits for it elsewhere."""

import pytest

from tests.incremental.asking import asked
from tests.incremental.serving import served
from tests.upstreams_in_process import InProcessUpstreams

pytestmark = pytest.mark.virtual_time

STATUS = "status(of: RECOMMENDATIONS) { state code }"
HANGS = InProcessUpstreams(delays={"recommendations": 3600})


async def test_asked_at_once_it_says_that_there_is_no_such_section_yet() -> None:
    query = f"{{ landingPage {{ {STATUS} id ... @defer {{ recommendations {{ id }} }} }} }}"
    async with served(HANGS) as app:
        answer = await asked(app, query)
    assert answer.times[0] == pytest.approx(0, abs=0.01)
    assert answer.frames[0]["data"]["landingPage"]["status"] == {"state": "DISABLED", "code": None}


async def test_asked_in_the_same_fragment_it_tells_how_it_went() -> None:
    query = f"{{ landingPage {{ id ... @defer {{ recommendations {{ id }} {STATUS} }} }} }}"
    async with served(HANGS) as app:
        _, last = (await asked(app, query)).frames
    [row] = last["incremental"]
    assert row["data"] == {
        "recommendations": None,
        "status": {"state": "TIMED_OUT", "code": "DEADLINE_EXCEEDED"},
    }


async def test_asked_in_a_fragment_within_it_tells_too() -> None:
    query = f"{{ landingPage {{ id ... @defer {{ recommendations {{ id }} ... @defer {{ {STATUS} }} }} }} }}"
    async with served(HANGS) as app:
        *_, last = (await asked(app, query)).frames
    [row] = [row for row in last["incremental"] if "status" in row["data"]]
    assert row["data"]["status"]["state"] == "TIMED_OUT"


async def test_asked_in_another_fragment_it_does_not_wait() -> None:
    query = f"{{ landingPage {{ id ... @defer {{ recommendations {{ id }} }} ... @defer {{ id2: id {STATUS} }} }} }}"
    async with served(HANGS) as app:
        answer = await asked(app, query)
    assert answer.times[1] == pytest.approx(0, abs=0.01)
    [row] = answer.frames[1]["incremental"]
    assert row["data"]["status"]["state"] == "DISABLED"


async def test_a_section_of_two_fragments_is_known_in_both() -> None:
    query = f"""{{ landingPage {{ id
        ... @defer {{ a: id recommendations {{ id }} {STATUS} }}
        ... @defer {{ b: id recommendations {{ id }} }} }} }}"""
    async with served(HANGS) as app:
        frames = (await asked(app, query)).frames
    states = [row["data"]["status"] for frame in frames[1:] for row in frame["incremental"] if "status" in row["data"]]
    assert [each["state"] for each in states] == ["TIMED_OUT"]


async def test_what_is_there_at_once_is_known_in_every_fragment() -> None:
    query = "{ landingPage { todos { id } ... @defer { a: id status(of: TODOS) { state } } } }"
    async with served(InProcessUpstreams(delays={"todos": 0.5})) as app:
        _, last = (await asked(app, query)).frames
    assert last["incremental"][0]["data"]["status"] == {"state": "LIVE"}
