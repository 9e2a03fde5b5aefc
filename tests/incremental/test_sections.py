"""Each frame tells of the sections that it brings, and none of another's."""

import pytest

from bff.errors import UpstreamFailed
from tests.incremental.asking import DEFERRED, EVENTS, MULTIPART, OF_2022, asked
from tests.incremental.serving import served
from tests.upstreams_in_process import InProcessUpstreams

pytestmark = pytest.mark.virtual_time

CORE = ("viewer", "messages", "todos", "notifications")
ALL_DEFERRED = "{ landingPage { id ... @defer { messages { id } todos { id } } ... @defer { notifications { id } } } }"


def down(*names: str) -> InProcessUpstreams:
    return InProcessUpstreams(faults={name: UpstreamFailed("500") for name in names})


@pytest.mark.parametrize("accept", [MULTIPART, OF_2022, EVENTS])
async def test_a_row_comes_with_the_frame_that_brings_its_section(accept: str) -> None:
    async with served(InProcessUpstreams(delays={"recommendations": 3600})) as app:
        first, last = (await asked(app, accept=accept)).frames

    names = {row["path"][-1] for row in first["extensions"]["sections"]}
    assert names == set(CORE)
    [row] = last["extensions"]["sections"]
    assert row == {
        "path": ["landingPage", "recommendations"],
        "source": "recommendations",
        "state": "TIMED_OUT",
        "code": "DEADLINE_EXCEEDED",
        "elapsedMs": pytest.approx(2000, abs=10),
        "fetchedAt": None,
        "retryAfterMs": 2000,
    }


async def test_a_gap_comes_with_the_frame_that_has_it() -> None:
    query = "{ landingPage { messages { id ... @defer { sender { name } } } todos { assignedBy { name } } } }"
    async with served(down("users")) as app:
        first, *later = (await asked(app, query)).frames

    [at_once] = [row for row in first["extensions"]["sections"] if "count" in row]
    assert at_once["path"] == ["landingPage", "todos", "*", "assignedBy"]
    gaps = [row for frame in later for row in frame["extensions"]["sections"]]
    assert {tuple(row["path"]) for row in gaps} == {("landingPage", "messages", "*", "sender")}
    assert sum(row["count"] for row in gaps) == 10


async def test_the_header_speaks_of_the_first_frame_alone() -> None:
    async with served(down("recommendations", "todos")) as app:
        answer = await asked(app)
    assert answer.headers["x-bff-degraded"] == "todos"


async def test_lost_sections_are_errors_of_their_frame_where_the_client_wants_that() -> None:
    headers = {"x-bff-degraded-as": "errors"}
    async with served(down("recommendations", "todos")) as app:
        today = (await asked(app, headers=headers)).frames
        of_2022 = (await asked(app, headers=headers, accept=OF_2022)).frames

    for first, last in (today, of_2022):
        assert [error["path"] for error in first["errors"]] == [["landingPage", "todos"]]
        [row] = last["incremental"]
        assert [error["path"] for error in row["errors"]] == [["landingPage", "recommendations"]]
        assert row["data"] == {"recommendations": None}


async def test_whether_there_is_a_page_at_all_the_last_frame_tells() -> None:
    async with served(down("messages", "todos", "notifications")) as app:
        first, *later = (await asked(app, ALL_DEFERRED)).frames
    assert "errors" not in first
    errors = [error for row in later[-1]["incremental"] for error in row.get("errors", ())]
    assert [error["extensions"]["code"] for error in errors] == ["PAGE_UNAVAILABLE"]


async def test_one_core_section_in_any_frame_is_a_page() -> None:
    async with served(down("messages", "todos")) as app:
        answer = await asked(app, ALL_DEFERRED)
    assert b"PAGE_UNAVAILABLE" not in answer.body


async def test_a_section_both_deferred_and_not_is_told_at_once() -> None:
    query = "{ landingPage { messages { id } ... @defer { messages { subject } todos { id } } } }"
    async with served(InProcessUpstreams()) as app:
        first, last = (await asked(app, query)).frames
    assert [row["path"][-1] for row in first["extensions"]["sections"]] == ["messages"]
    assert [row["path"][-1] for row in last["extensions"]["sections"]] == ["todos"]


async def test_every_section_is_told_once() -> None:
    async with served(InProcessUpstreams()) as app:
        frames = (await asked(app, DEFERRED)).frames
    told = [row["path"][-1] for frame in frames for row in frame.get("extensions", {}).get("sections", ())]
    assert sorted(told) == sorted([*CORE, "recommendations"])
