"""U20 on virtual time: an upstream answers with somebody else's data.

Where ids are asked for (users, messages and todos by id) that can be seen: what was not asked for is dropped and
counted. The newest of a user (messages, todos, notifications, recommendations) are asked for by the user's id, which
their items do not repeat: nothing in such an answer tells whose it is. There it is held that the request says for whom
it is, and that what comes reaches that user alone.
"""

from collections.abc import Callable
from typing import Any

import orjson
import pytest

from bff.events import Event, ItemsDropped
from bff.transport import Request, Response
from tests.faults.survived import (
    KNOWN,
    NEW,
    SECTION_OF,
    Loss,
    assert_null,
    assert_whole,
    assert_whole_but_for_what_it_names,
    each_source,
    healthy_page,
)
from tests.faults.virtual_faults import Answer, answering, asked_for, for_another, healthy_items, viewer_of
from tests.page_client import landing
from tests.upstreams_in_process import InProcessUpstreams, upstream_of

pytestmark = pytest.mark.virtual_time

BY_ID = ("users", "messages", "todos")
FALSE_NAME = {"users": "name", "messages": "subject", "todos": "title"}
STRANGERS = {"users": (NEW, "901"), "messages": ("m8-60", "m901-1"), "todos": ("t8-1", "t901-1")}
"""Ids of things that exist, that this user did not ask for, and that the next one will."""

Items = list[dict[str, Any]]


def strangers(name: str, like: Items) -> Items:
    """Well-formed records of the strangers, with a false name."""
    return [{**like[0], "id": stranger, FALSE_NAME[name]: "Somebody else's"} for stranger in STRANGERS[name]]


def by_id(name: str, change: Callable[[Items], Items]) -> Answer:
    """What is asked for by ids is changed so; the rest is healthy."""

    def answer(request: Request) -> Response:
        items = healthy_items(name, request)
        if asked_for(request, "ids") is not None:
            items = change(items)
        return Response(200, {}, orjson.dumps(items))

    return answer


def unasked(told: list[Event]) -> list[tuple[str, int]]:
    return [
        (event.source, event.count) for event in told if isinstance(event, ItemsDropped) and event.reason == "unasked"
    ]


@pytest.mark.parametrize("name", BY_ID)
async def test_u20_what_was_not_asked_for_is_dropped_and_counted_and_shown_to_nobody(name: str) -> None:
    told: list[Event] = []
    upstreams = InProcessUpstreams()
    async with landing(upstreams, listeners=[told.append]) as client:
        async with answering(upstreams, name, by_id(name, lambda items: items + strangers(name, items))):
            page = await client.ask(viewer=KNOWN)
        next_one = await client.ask(viewer=NEW)

    assert_whole(page, healthy_page(KNOWN))
    assert set(unasked(told)) == {(name, len(STRANGERS[name]))}
    assert_whole(next_one, healthy_page(NEW))
    assert next_one.states()[SECTION_OF[name]] == "LIVE", "nothing of it was kept"


@pytest.mark.parametrize("name", BY_ID)
async def test_u20_an_answer_that_is_another_users_costs_what_it_was_asked_for(name: str) -> None:
    told: list[Event] = []
    upstreams = InProcessUpstreams()
    healthy = healthy_page(KNOWN)
    async with landing(upstreams, listeners=[told.append]) as client:
        async with answering(upstreams, name, by_id(name, lambda items: strangers(name, items))):
            page = await client.ask(viewer=KNOWN)
        again = await client.ask(viewer=KNOWN)

    if name == "users":
        assert_null(page, healthy, Loss(name, ("NOT_FOUND",)))
    else:
        for section in SECTION_OF.values():
            assert_whole_but_for_what_it_names(section, page.page, healthy, name)
        assert "errors" not in page.body
    assert {row["code"] for row in page.rows if "count" in row} == {"NOT_FOUND"}
    assert set(unasked(told)) == {(name, len(STRANGERS[name]))}
    assert_whole(again, healthy)


@each_source
async def test_u20_what_an_upstream_mixes_up_reaches_nobody_else(name: str) -> None:
    """Also where it cannot be seen: each request names its user, and each user's answers lie apart."""
    upstreams = InProcessUpstreams()

    def mixed_up(request: Request) -> Response:
        return Response(200, {}, orjson.dumps(healthy_items(name, for_another(request, "901"))))

    async with landing(upstreams) as client:
        async with answering(upstreams, name, mixed_up):
            await client.ask(viewer=KNOWN)
        before = len(upstreams.requests)
        page = await client.ask(viewer=NEW)
        asked = upstreams.requests[before:]

    assert_whole(page, healthy_page(NEW))
    named = {viewer_of(upstream_of(request), request) for request in asked if "user_id" in request.url}
    assert named == {NEW}


async def test_u20_a_vendor_that_mixes_up_users_brings_nobody_elses_messages_and_todos() -> None:
    upstreams = InProcessUpstreams()

    def mixed_up(request: Request) -> Response:
        return Response(200, {}, orjson.dumps(healthy_items("recommendations", for_another(request, "901"))))

    async with landing(upstreams) as client, answering(upstreams, "recommendations", mixed_up):
        page = await client.ask(viewer=KNOWN)

    actions = page.page["recommendations"]
    assert actions[0]["id"].startswith("r901-"), "which cannot be seen"
    assert {action.get("message") for action in actions} | {action.get("todo") for action in actions} == {None}
    assert {row["code"] for row in page.rows if "count" in row} == {"NOT_FOUND"}
