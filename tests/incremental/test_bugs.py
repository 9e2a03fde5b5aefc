"""Trap 14: a bug in what is deferred is masked and logged as any other, whichever way the frames go."""

import logging
from typing import Any

import pytest
import strawberry

from bff import Ask, Load, Page, Source, call, related, section
from bff.web.answer import MASKED
from bff.web.incremental.frames import Frames
from tests.incremental.asking import EVENTS, MULTIPART, OF_2022, Received, asked
from tests.incremental.serving import served
from tests.upstreams_in_process import InProcessUpstreams

pytestmark = pytest.mark.virtual_time

SECRET = "password=hush"


class Shelf(Source):
    """Never fails; those who read from it do."""

    name = "shelf"

    @call
    async def things(self, _: Ask, __: int) -> list[str]:
        """One thing."""
        return ["thing"]


@strawberry.type(description="A thing.")
class Thing:
    name: str

    @strawberry.field(description="May not be null.")  # type: ignore[untyped-decorator]  # its overloads know no such type
    def heavy(self) -> int:
        raise ValueError(SECRET)

    @related(Shelf, str)
    async def neighbour(self, load: Load) -> str:
        """Fails."""
        raise ValueError(SECRET)


@strawberry.type(description="A page.")
class ShelfPage:
    """A page."""

    @section(Shelf, list[Thing])
    async def things(self, load: Load) -> list[Thing]:
        """Never fails."""
        return [Thing(name=name) for name in await load(Shelf.things, 1)]

    @section(Shelf, str)
    async def broken(self, load: Load) -> str:
        """Fails."""
        raise ValueError(SECRET)

    @section(Shelf, str)
    async def wrong(self, load: Load) -> Any:
        """Is no text."""
        return {SECRET: SECRET}


PAGE = Page(ShelfPage, sources=(Shelf,), types=(Thing,))
URL = {"BFF_SHELF__URL": "http://shelf.test"}

WITH_A_BUG = {
    "a section": "{ shelfPage { id ... @defer { broken things { name } } } }",
    "a value of another type": "{ shelfPage { id ... @defer { wrong } } }",
    "a field further in": "{ shelfPage { id things { name ... @defer { neighbour } } } }",
    "a fragment that may not be null": '{ shelfPage { id things { name ... @defer(label: "x") { heavy } } } }',
    "a list of what may not be null": "{ shelfPage { id ... @defer { things { heavy } } } }",
}


async def answer(query: str, accept: str) -> Received:
    async with served(InProcessUpstreams(), page=PAGE, settings=URL) as app:
        return await asked(app, query, accept=accept, headers={"x-request-id": "request-7"})


def errors_in(received: Received) -> list[dict[str, Any]]:
    found = []
    for frame in received.frames:
        for row in (frame, *frame.get("incremental", ()), *frame.get("completed", ())):
            found += row.get("errors", ())
    return found


@pytest.mark.parametrize("accept", [MULTIPART, OF_2022, EVENTS])
@pytest.mark.parametrize("where", WITH_A_BUG)
async def test_no_text_of_a_bug_reaches_the_client(where: str, accept: str, caplog: pytest.LogCaptureFixture) -> None:
    received = await answer(WITH_A_BUG[where], accept)
    assert SECRET.encode() not in received.body
    [error] = errors_in(received)
    assert error["message"] == MASKED
    assert (error["extensions"]["code"], error["extensions"]["requestId"]) == ("INTERNAL", "request-7")
    assert error["path"][0] == "shelfPage"
    [logged] = [record for record in caplog.records if record.name == "bff.web"]
    assert (logged.levelno, logged.getMessage().startswith("request request-7: a bug at")) == (logging.ERROR, True)
    assert received.frames[-1]["hasNext"] is False


async def test_a_bug_in_one_section_leaves_its_fragment_the_others() -> None:
    received = await answer(WITH_A_BUG["a section"], MULTIPART)
    [row] = received.frames[-1]["incremental"]
    assert row["data"] == {"broken": None, "things": [{"name": "thing"}]}
    states = {each["path"][-1]: (each["state"], each["code"]) for each in received.frames[-1]["extensions"]["sections"]}
    assert states == {"broken": ("UNAVAILABLE", "INTERNAL"), "things": ("LIVE", None)}


async def test_a_fragment_that_is_lost_altogether_is_told_so() -> None:
    of_today = await answer(WITH_A_BUG["a fragment that may not be null"], MULTIPART)
    assert [set(each) for each in of_today.frames[-1]["completed"]] == [{"id", "errors"}]
    of_2022 = await answer(WITH_A_BUG["a fragment that may not be null"], OF_2022)
    [row] = of_2022.frames[-1]["incremental"]
    assert (row["path"], row["label"], row["data"]) == (["shelfPage", "things", 0], "x", None)


@pytest.mark.parametrize("accept", [MULTIPART, EVENTS])
async def test_what_fails_between_frames_ends_the_answer_and_is_masked(
    accept: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def breaks(*_: object) -> None:
        raise RuntimeError(SECRET)

    monkeypatch.setattr(Frames, "later", breaks)
    received = await answer("{ shelfPage { id ... @defer { things { name } } } }", accept)
    assert received.whole
    assert SECRET.encode() not in received.body
    first, last = received.frames
    assert first["data"] == {"shelfPage": {"id": "1"}}
    [done] = last["completed"]
    assert (done["errors"][0]["message"], last["hasNext"]) == (MASKED, False)
    assert SECRET in caplog.text
