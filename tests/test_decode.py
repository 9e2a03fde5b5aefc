"""What is kept of an upstream's answer, and what is refused."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bff.decode import decode
from bff.errors import UpstreamInvalid
from bff.sources.messages import MessageRecord
from bff.sources.notifications import NotificationKind, NotificationRecord
from bff.sources.recommendations import AnyActionRecord, CompleteTodoRecord, OpenLinkRecord, SendMessageRecord
from bff.sources.todos import TodoRecord

ACTIONS = list[AnyActionRecord]
LINK = {"id": "1", "kind": "open_link", "title": "Read", "reason": "New", "score": 0.5, "url": "https://a.test/"}
NOTIFICATION = {"id": "1", "kind": "SYSTEM", "text": "Hi", "created_at": "2026-01-01T00:00:00Z", "read": False}
MESSAGE = {
    "id": "1",
    "subject": "Hi",
    "preview": "…",
    "sent_at": "2026-01-01T00:00:00+01:00",
    "unread": True,
    "sender_id": "2",
}


def actions(*items: Any) -> tuple[list[AnyActionRecord], int]:
    return decode(json.dumps(items).encode(), ACTIONS)


def test_an_answer_as_promised_is_decoded_whole() -> None:
    send = {**LINK, "kind": "send_message", "message_id": "7"}
    complete = {**LINK, "kind": "complete_todo", "todo_id": "8"}
    records, dropped = actions(send, complete, LINK)
    assert [type(record) for record in records] == [SendMessageRecord, CompleteTodoRecord, OpenLinkRecord]
    assert dropped == 0


def test_no_items_are_an_answer_too() -> None:
    assert actions() == ([], 0)


def test_a_member_that_is_unknown_is_ignored() -> None:
    records, dropped = actions({**LINK, "sponsored": True})
    assert (len(records), dropped) == (1, 0)


NO_LIST = {
    "malformed": b'[{"id": "1", ',
    "HTML": b"<!doctype html><title>Please sign in</title>",
    "empty": b"",
    "two documents": b"[] []",
    "null": b"null",
    "an object": b'{"items": []}',
    "a string": b'"[]"',
    "100,000 nested brackets": b"[" * 100_000 + b"]" * 100_000,
    "100,000 open brackets": b"[" * 100_000,
    "NaN": b"[NaN]",
    "bytes that are no text": b"\xff\xfe[]",
}


@pytest.mark.parametrize("body", NO_LIST.values(), ids=NO_LIST)
def test_u7_u8_u9_what_is_no_list_of_json_is_invalid(body: bytes) -> None:
    with pytest.raises(UpstreamInvalid):
        decode(body, ACTIONS)


BROKEN = {
    "null": b"null",
    "a number": b"7",
    "a list": b"[]",
    "an object without members": b"{}",
    "no id": json.dumps({**LINK, "id": None}).encode(),
    "an empty id": json.dumps({**LINK, "id": ""}).encode(),
    "an id that is a number": json.dumps({**LINK, "id": 1}).encode(),
    "a link without an end": json.dumps({**LINK, "url": "https://a.test/" + "x" * 2_000}).encode(),
    "an unknown kind": json.dumps({**LINK, "kind": "buy_now"}).encode(),
    "no kind": json.dumps({**LINK, "kind": None}).encode(),
    "1e999": json.dumps(LINK).replace("0.5", "1e999").encode(),
    "a 6,000-digit integer": json.dumps(LINK).replace("0.5", "9" * 6_000).encode(),
    "text that is not UTF-8": json.dumps(LINK).encode().replace(b"Read", b"\xff"),
    "a score out of all measure": json.dumps({**LINK, "score": 1e300}).encode(),
    "an id without an end": json.dumps({**LINK, "id": "x" * 201}).encode(),
}


@pytest.mark.parametrize("item", BROKEN.values(), ids=BROKEN)
def test_u8_u9_a_broken_item_is_dropped_and_counted_and_the_rest_stays(item: bytes) -> None:
    good = json.dumps(LINK).encode()
    records, dropped = decode(b"[" + b",".join([good, item, good, item]) + b"]", ACTIONS)
    assert ([record.title for record in records], dropped) == (["Read", "Read"], 2)


@pytest.mark.parametrize("item", BROKEN.values(), ids=BROKEN)
def test_u8_a_list_without_a_good_item_is_not_taken_for_an_empty_one(item: bytes) -> None:
    with pytest.raises(UpstreamInvalid, match="none of the 2 items"):
        decode(b"[" + item + b"," + item + b"]", ACTIONS)


@pytest.mark.parametrize("sent_at", ["2026-01-01T00:00:00", "2026-02-30T00:00:00Z", "yesterday", "", None, 1])
def test_u8_a_message_whose_date_is_no_moment_is_dropped(sent_at: object) -> None:
    body = json.dumps([{**MESSAGE, "sent_at": sent_at}, MESSAGE]).encode()
    records, dropped = decode(body, list[MessageRecord])
    assert (len(records), dropped) == (1, 1)


def test_an_unknown_kind_of_notification_is_shown_as_another() -> None:
    body = json.dumps([{**NOTIFICATION, "kind": "BIRTHDAY"}]).encode()
    [record], dropped = decode(body, list[NotificationRecord])
    assert (record.kind, dropped) == (NotificationKind.OTHER, 0)


def test_an_unknown_priority_costs_the_todo() -> None:
    todo = {"id": "1", "title": "Go", "due_at": None, "done": False, "priority": "HIGH"}
    body = json.dumps([todo, {**todo, "priority": "HIGHEST"}]).encode()
    records, dropped = decode(body, list[TodoRecord])
    assert (len(records), dropped) == (1, 1)


def test_a_single_record_that_does_not_fit_is_invalid() -> None:
    with pytest.raises(UpstreamInvalid, match="not what the contract says"):
        decode(b'{"id": 1}', MessageRecord)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)
near_misses = st.fixed_dictionaries(
    {name: st.just(value) | json_values for name, value in MESSAGE.items()}, optional={"more": json_values}
)


@settings(deadline=None)
@given(st.binary() | json_values.map(lambda value: json.dumps(value).encode()))
def test_nothing_but_invalid_is_raised_whatever_bytes_come(body: bytes) -> None:
    with suppress(UpstreamInvalid):
        decode(body, list[NotificationRecord])


@settings(deadline=None, max_examples=30)
@given(st.lists(near_misses, max_size=4))
def test_every_item_is_either_kept_or_counted(items: list[dict[str, Any]]) -> None:
    body = json.dumps([*items, MESSAGE]).encode()
    records, dropped = decode(body, list[MessageRecord])
    assert len(records) + dropped == len(items) + 1
    assert all(isinstance(record, MessageRecord) for record in records)
