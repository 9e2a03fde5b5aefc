"""What is deferred comes in a frame of its own, and nothing else waits for it."""

import pytest

from tests.incremental.asking import DEFERRED, EVENTS, MULTIPART, OF_2022, asked
from tests.incremental.serving import served
from tests.upstreams_in_process import InProcessUpstreams

pytestmark = pytest.mark.virtual_time

LATE = 1.2
JSON = "application/json"


def late() -> InProcessUpstreams:
    """A vendor that no page would wait for."""
    return InProcessUpstreams(delays={"recommendations": LATE})


@pytest.mark.parametrize("accept", [MULTIPART, EVENTS])
async def test_the_page_is_there_at_once_and_what_is_deferred_when_it_comes(accept: str) -> None:
    async with served(late()) as app:
        answer = await asked(app, accept=accept)

    first, last = answer.frames
    assert answer.times == [pytest.approx(0, abs=0.01), pytest.approx(LATE, abs=0.01)]
    assert first["data"]["landingPage"].keys() == {"id", "messages", "todos", "notifications", "viewer"}
    assert first["pending"] == [{"id": "0", "path": ["landingPage"], "label": "later"}]
    assert first["hasNext"] is True
    [row] = last["incremental"]
    assert row.keys() == {"id", "data"}, "neither path nor label: urql would put it elsewhere"
    assert len(row["data"]["recommendations"]) == 5
    assert (last["completed"], last["hasNext"]) == ([{"id": "0"}], False)


async def test_the_shape_of_2022_is_told_by_path_and_label() -> None:
    async with served(late()) as app:
        answer = await asked(app, accept=OF_2022)

    first, last = answer.frames
    assert answer.headers["content-type"] == 'multipart/mixed; boundary="-"; deferSpec=20220824'
    assert first.keys() == {"data", "extensions", "hasNext"}
    [row] = last["incremental"]
    assert (row["path"], row["label"]) == (["landingPage"], "later")
    assert len(row["data"]["recommendations"]) == 5
    assert last.keys() == {"incremental", "extensions", "hasNext"}


@pytest.mark.parametrize("accept", [MULTIPART, OF_2022, EVENTS])
async def test_nothing_on_the_way_keeps_a_frame_back(accept: str) -> None:
    async with served(late()) as app:
        answer = await asked(app, accept=accept)
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["vary"] == "accept"
    assert answer.headers["x-accel-buffering"] == "no"
    assert "content-length" not in answer.headers
    assert "x-request-id" in answer.headers


@pytest.mark.parametrize("accept", [JSON, "*/*", "application/graphql-response+json"])
async def test_a_client_that_takes_no_frames_has_all_in_place(accept: str) -> None:
    async with served(InProcessUpstreams()) as app:
        answer = await asked(app, accept=accept)
    [body] = answer.frames
    assert len(body["data"]["landingPage"]["recommendations"]) == 5
    assert body.keys() == {"data", "extensions"}
    assert len(body["extensions"]["sections"]) == 5


async def test_in_place_it_waits_no_longer_than_a_page_does() -> None:
    async with served(late()) as app:
        answer = await asked(app, accept=JSON)
    assert answer.times == [pytest.approx(0.3, abs=0.01)]
    assert answer.frames[0]["data"]["landingPage"]["recommendations"] is None


NEVER = DEFERRED.replace("($defer: Boolean! = true)", "").replace("if: $defer", "if: false")


@pytest.mark.parametrize("query", [NEVER, DEFERRED])
async def test_what_is_not_deferred_after_all_comes_whole(query: str) -> None:
    async with served(InProcessUpstreams()) as app:
        answer = await asked(app, query, accept=f"{JSON}, {MULTIPART}", variables={"defer": False})
    assert answer.headers["content-type"].startswith(JSON)
    assert len(answer.frames[0]["data"]["landingPage"]["recommendations"]) == 5


@pytest.mark.parametrize("accept", [MULTIPART, EVENTS])
async def test_a_client_that_takes_frames_alone_gets_a_whole_answer_as_one(accept: str) -> None:
    async with served(InProcessUpstreams()) as app:
        answer = await asked(app, "{ landingPage { id } }", accept=accept)
        wrong = await asked(app, "{ landingPage { nothing } }", accept=accept)
    assert answer.frames == [{"data": {"landingPage": {"id": "1"}}}]
    assert wrong.frames[0]["errors"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"


async def test_a_stream_of_list_items_is_not_to_be_had() -> None:
    async with served(InProcessUpstreams()) as app:
        answer = await asked(app, "{ landingPage { messages @stream { id } } }", accept=f"{JSON}, {MULTIPART}")
    [error] = answer.frames[0]["errors"]
    assert error["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"
    assert "@stream" in error["message"]


async def test_what_is_ready_is_not_held_for_what_is_not() -> None:
    query = """{ landingPage { id
      ... @defer(label: "slow") { recommendations { id } }
      ... @defer(label: "fast") { messages { id ... @defer(label: "inner") { sender { name } } } } } }"""
    upstreams = InProcessUpstreams(delays={"recommendations": 1.5, "messages": 0.2, "users": 0.4})
    async with served(upstreams) as app:
        answer = await asked(app, query)

    assert answer.times == [pytest.approx(each, abs=0.02) for each in (0, 0.2, 0.6, 1.5)]
    labels = {each["id"]: each["label"] for frame in answer.frames for each in frame.get("pending", ())}
    brought = [{labels[row["id"]] for row in frame["incremental"]} for frame in answer.frames[1:]]
    assert brought == [{"fast"}, {"inner"}, {"slow"}]
