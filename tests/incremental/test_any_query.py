"""Wherever a query defers: put together, its frames are the answer it has without, and each section is told once."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.incremental.asking import EVENTS, MULTIPART, OF_2022, asked
from tests.incremental.putting_together import put_together
from tests.incremental.serving import served
from tests.upstreams_in_process import InProcessUpstreams
from tests.virtual_time import VirtualTimeLoop

pytestmark = pytest.mark.virtual_time

FIELDS: dict[str, dict[str, str]] = {
    "landingPage": {
        "id": "",
        "viewer": "User",
        "messages(first: 2)": "Message",
        "todos(first: 3)": "Todo",
        "recommendations(first: 2)": "NextAction",
    },
    "User": {"id": "", "name": ""},
    "Message": {"id": "", "subject": "", "sender": "User"},
    "Todo": {"id": "", "title": "", "assignedBy": "User"},
    "NextAction": {"id": "", "title": ""},
}

Draw = Callable[[st.SearchStrategy[Any]], Any]


@st.composite
def selections(draw: Draw, of: str, depth: int = 0) -> str:
    """What is asked of a type: fields, and fragments that are deferred or not, which may ask for the same again."""
    chosen = []
    for field in draw(st.lists(st.sampled_from(sorted(FIELDS[of])), min_size=1, max_size=4)):
        kind = FIELDS[of][field]
        chosen.append(f"{field} {draw(selections(kind, depth))}" if kind else field)
    if depth < 3:
        for fragment in draw(st.lists(st.sampled_from(["... @defer", "...", "... @defer(if: false)"]), max_size=2)):
            chosen.append(f"{fragment} {draw(selections(of, depth + 1))}")
    return "{ " + " ".join(chosen) + " }"


DELAYS = st.fixed_dictionaries({name: st.sampled_from([0, 0.1, 0.2]) for name in ("users", "messages", "todos")})


UNLIMITED = {f"BFF_LIMITS__{name}__MOST": "100000" for name in ("TOKENS", "DIRECTIVES", "COST", "DOCUMENT", "BODY")}


@settings(deadline=None, max_examples=25)
@given(selections("landingPage"), st.sampled_from([MULTIPART, OF_2022, EVENTS]), DELAYS)
def test_frames_put_together_are_the_plain_answer(selected: str, accept: str, delays: dict[str, float]) -> None:
    query = f"{{ landingPage {selected} }}"

    async def both() -> None:
        async with served(InProcessUpstreams(delays=delays), settings=UNLIMITED) as app:
            [plain] = (await asked(app, query, accept="application/json")).frames
            frames = (await asked(app, query, accept=f"application/json, {accept}")).frames
        assert put_together(frames) == plain["data"]
        assert all(frame["hasNext"] for frame in frames[:-1])
        assert not frames[-1].get("hasNext")
        assert sorted(_told(frames)) == sorted(_told([plain]))

    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        runner.run(both())


def _told(frames: list[dict[str, Any]]) -> list[str]:
    return [".".join(row["path"]) for frame in frames for row in frame.get("extensions", {}).get("sections", ())]
