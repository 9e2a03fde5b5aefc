"""U8 and U9: single items that break the contract. Good ones are kept, broken ones are dropped and counted."""

import orjson
import pytest

from bff.events import Event, ItemsDropped
from bff.transport import Request, Response
from tests.faults.survived import (
    SECTION_OF,
    Loss,
    Page,
    assert_null,
    assert_whole,
    assert_whole_but_for_what_it_names,
    each_source,
    healthy_page,
)
from tests.faults.virtual_faults import Answer, answering, healthy_items
from tests.page_client import Answered, landing
from tests.upstreams_in_process import InProcessUpstreams

pytestmark = pytest.mark.virtual_time

HERE = "@here@"

ITEMS = {
    "users": ("id", "name", "email", "avatar_url"),
    "messages": ("id", "subject", "preview", "sent_at", "unread", "sender_id"),
    "todos": ("id", "title", "due_at", "done", "priority", "assigned_by_id"),
    "notifications": ("id", "kind", "text", "created_at", "read"),
    "recommendations": ("id", "kind", "title", "reason", "score", "message_id"),
}
"""What the contract promises of each, and where something odd may stand."""

BROKEN_ITEMS = {
    "null": b"null",
    "an empty object": b"{}",
    "a list": b"[]",
    "a number": b"7",
    "a wrong id": b'{"id": 7}',
}

ODD_VALUES = {
    "100,000 nested brackets": b"[" * 100_000 + b"]" * 100_000,
    "NaN": b"NaN",
    "1e999": b"1e999",
    "-1e999": b"-1e999",
    "an integer of 6,000 digits": b"1" * 6_000,
    "bad UTF-8": b'"\xff\xfe\xed\xa0\x80"',
    "half a surrogate pair": b'"\\ud800"',
}


def with_broken_items(name: str, broken: bytes) -> Answer:
    """One before the good ones and one after them."""

    def answer(request: Request) -> Response:
        good = orjson.dumps(healthy_items(name, request))[1:-1]
        return Response(200, {}, b"[" + b",".join(filter(None, (broken, good, broken))) + b"]")

    return answer


def with_an_odd_first_item(name: str, field: str, value: bytes) -> Answer:
    """One of its fields holds that value, as it is written in JSON."""

    def answer(request: Request) -> Response:
        first, *others = healthy_items(name, request)
        body = orjson.dumps([{**first, field: HERE}, *others])
        return Response(200, {}, body.replace(orjson.dumps(HERE), value))

    return answer


@each_source
@pytest.mark.parametrize("broken", BROKEN_ITEMS)
async def test_u8_broken_items_are_dropped_and_counted_and_the_page_is_whole(name: str, broken: str) -> None:
    told: list[Event] = []
    upstreams = InProcessUpstreams()
    async with (
        landing(upstreams, listeners=[told.append]) as client,
        answering(upstreams, name, with_broken_items(name, BROKEN_ITEMS[broken])),
    ):
        answer = await client.ask()

    assert_whole(answer, healthy_page("1"))
    dropped = [event for event in told if isinstance(event, ItemsDropped)]
    assert {(event.source, event.reason) for event in dropped} == {(name, "invalid")}
    assert [event.count for event in dropped] == [2] * upstreams.calls[name]


@each_source
async def test_u8_a_good_item_that_breaks_is_missed_and_no_other(name: str) -> None:
    told: list[Event] = []
    upstreams = InProcessUpstreams()
    async with (
        landing(upstreams, listeners=[told.append]) as client,
        answering(upstreams, name, with_an_odd_first_item(name, "id", b"7")),
    ):
        answer = await client.ask()

    healthy = healthy_page("1")
    if name == "users":  # the viewer is all there was
        assert_null(answer, healthy, Loss(name, ("UPSTREAM_INVALID", "NOT_FOUND")))
    else:
        assert_lacks_at_most_its_first_item(answer, healthy, name)
        assert len(answer.page[name]) == len(healthy[name]) - 1
    dropped = [event for event in told if isinstance(event, ItemsDropped)]
    calls = upstreams.calls[name] - (1 if name == "users" else 0)  # the viewer's had nothing to keep
    assert [(event.source, event.count) for event in dropped] == [(name, 1)] * calls


@each_source
@pytest.mark.parametrize("value", ODD_VALUES)
async def test_u9_an_odd_value_in_any_field_costs_its_item_or_its_section(name: str, value: str) -> None:
    healthy = healthy_page("1")
    for field in (*ITEMS[name], "an unknown member"):
        upstreams = InProcessUpstreams()
        async with (
            landing(upstreams) as client,
            answering(upstreams, name, with_an_odd_first_item(name, field, ODD_VALUES[value])),
        ):
            answer = await client.ask()
        if answer.page[SECTION_OF[name]] is None:
            assert_null(answer, healthy, Loss(name, ("UPSTREAM_INVALID", "NOT_FOUND")))
        else:
            assert_lacks_at_most_its_first_item(answer, healthy, name)


def assert_lacks_at_most_its_first_item(answer: Answered, healthy: Page, name: str) -> None:
    """And no other section lacks anything but what it names of that source."""
    section = SECTION_OF[name]
    assert answer.status == 200
    assert "errors" not in answer.body
    assert set(answer.states().values()) == {"LIVE"}
    whole = healthy[section]
    assert answer.page[section] in ((whole, whole[1:]) if isinstance(whole, list) else (whole,))
    for other in set(SECTION_OF.values()) - {section}:
        assert_whole_but_for_what_it_names(other, answer.page, healthy, name)
