"""A vendor says what it likes, and only what may be shown is."""

import math
import unicodedata
from collections.abc import Callable
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bff.distrust.texts import INVISIBLE
from bff.events import CallFinished, Event, ItemsDropped
from bff.transport import Request, Response
from tests.page_client import Answered, landing
from tests.upstreams_in_process import InProcessUpstreams

pytestmark = pytest.mark.virtual_time

QUERY = """{ landingPage { recommendations(first: 50) {
  __typename id title reason score ... on OpenLink { url }
} } }"""
ASKED_EACH_TIME = {
    "BFF_RECOMMENDATIONS__TTL": "0",
    "BFF_RECOMMENDATIONS__BREAKER__MODE": "report-only",
    "BFF_RECOMMENDATIONS__LINK_HOSTS": "good.test,*.vendor.test",
}
LINK = {"id": "1", "kind": "open_link", "title": "Read", "reason": "New", "score": 0.5, "url": "https://good.test/"}


def says(items: Any) -> Callable[[Request], Response]:
    body = orjson.dumps(items) if not isinstance(items, bytes) else items
    return lambda _: Response(200, {}, body)


async def told_by(items: Any, events: list[Event] | None = None, settings: dict[str, str] | None = None) -> Answered:
    upstreams = InProcessUpstreams(answers={"recommendations": says(items)})
    listeners = [] if events is None else [events.append]
    async with landing(upstreams, settings={**ASKED_EACH_TIME, **(settings or {})}, listeners=listeners) as client:
        return await client.ask(QUERY)


def dropped(events: list[Event]) -> list[tuple[str, int, str]]:
    return [(each.source, each.count, each.reason) for each in events if isinstance(each, ItemsDropped)]


@pytest.mark.parametrize(
    "url",
    [
        "http://good.test/",
        "javascript:alert(1)",
        "https://evil.test/",
        "https://vendor.test/",
        "https://good.test@evil.test/",
        "https://good.test\\@evil.test/",
        "https://good.test/\u202egnp.exe",
        "https://good.test/\x00",
        "data:image/png,x",
    ],
)
async def test_a_link_that_may_not_be_followed_is_dropped_and_counted(url: str) -> None:
    events: list[Event] = []
    page = await told_by([{**LINK, "url": url}, LINK], events)
    assert [each["url"] for each in page.page["recommendations"]] == ["https://good.test/"]
    assert page.row("recommendations")["state"] == "LIVE"
    assert dropped(events) == [("recommendations", 1, "untrusted")]


async def test_without_hosts_links_are_dropped_and_everything_else_stays() -> None:
    todo = {**LINK, "kind": "complete_todo", "todo_id": "t1-1"}
    page = await told_by([LINK, todo], settings={"BFF_RECOMMENDATIONS__LINK_HOSTS": ""})
    assert [each["__typename"] for each in page.page["recommendations"]] == ["CompleteTodo"]


async def test_where_nothing_may_be_shown_the_section_is_null_and_not_empty() -> None:
    events: list[Event] = []
    page = await told_by([{**LINK, "url": "https://evil.test/s3cret"}], events)
    assert page.page["recommendations"] is None
    assert page.row("recommendations")["code"] == "UPSTREAM_INVALID"
    [reason] = [each.reason for each in events if isinstance(each, CallFinished)]
    assert reason is not None
    assert "a link leads where none may" in reason
    assert "evil" not in reason


async def test_texts_are_shown_without_what_cannot_be_seen_and_not_without_end() -> None:
    [shown] = (await told_by([{**LINK, "title": "Pay\x00 \u202enow\x1b[2J", "reason": "x" * 20_000}])).page[
        "recommendations"
    ]
    assert shown["title"] == "Pay now[2J"
    assert len(shown["reason"]) == 10_000
    assert shown["reason"].endswith("…")


@pytest.mark.parametrize("score", ["1e999", "-1e999", "NaN", "Infinity", "1e300", "1000001", "1" * 400])
async def test_a_score_out_of_all_measure_costs_its_item(score: str) -> None:
    odd = orjson.dumps(LINK).replace(b"0.5", score.encode())
    body = b"[" + orjson.dumps(LINK) + b"," + odd + b"]"
    page = await told_by(body)
    if page.page["recommendations"] is not None:  # what is no JSON at all costs the section
        assert [each["score"] for each in page.page["recommendations"]] == [0.5]
    else:
        assert score in ("NaN", "Infinity")


odd_texts = st.text(st.characters(codec="utf-8") | st.sampled_from("\x00\x1b\u202e\u2066\ufeff\r\n\t"), max_size=30)
odd_urls = st.one_of(
    st.sampled_from(["https://good.test/", "https://a.vendor.test/x?y#z", "https://evil.test/", "http://good.test/"]),
    st.text(st.sampled_from("htps:/.@\\?#%goodventra \n\u202e"), max_size=40).map(lambda rest: f"https://{rest}"),
    odd_texts,
)
odd_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.floats(allow_nan=False) | odd_texts | odd_urls,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(odd_texts, inner, max_size=3),
    max_leaves=5,
)
near_misses = st.fixed_dictionaries(
    {
        "id": odd_texts | st.just("1"),
        "kind": st.sampled_from(["open_link", "send_message", "complete_todo"]),
        "title": odd_texts,
        "reason": odd_texts | odd_values,
        "score": st.floats(allow_nan=False) | st.integers(-(2**63), 2**63),
        "url": odd_urls,
        "message_id": odd_texts,
        "todo_id": odd_texts,
    }
)


@settings(deadline=None, max_examples=60)
@given(st.lists(near_misses, max_size=5) | st.lists(odd_values, max_size=3) | odd_values)
async def test_whatever_a_vendor_says_what_is_shown_is_clean(items: Any) -> None:
    page = await told_by(_as_json(items))
    assert page.status == 200
    assert "errors" not in page.body
    for action in page.page["recommendations"] or ():
        assert math.isfinite(action["score"])
        assert abs(action["score"]) <= 1_000_000
        for text in (action["id"], action["title"], action["reason"]):
            assert INVISIBLE.search(text) is None
            assert not [each for each in text if unicodedata.category(each) == "Cc" and each not in "\n\t"]
        if "url" in action:
            host = action["url"].removeprefix("https://").replace("?", "/").replace("#", "/").partition("/")[0]
            assert action["url"].startswith("https://")
            assert host.removesuffix(":443").lower() == "good.test" or host.lower().endswith(".vendor.test")


def _as_json(value: Any) -> bytes:
    """Also integers that orjson will not write, and infinity as it comes over the wire."""
    match value:
        case list():
            return b"[" + b",".join(map(_as_json, value)) + b"]"
        case dict():
            return b"{" + b",".join(orjson.dumps(key) + b":" + _as_json(each) for key, each in value.items()) + b"}"
        case float() if math.isinf(value):
            return b"1e999" if value > 0 else b"-1e999"
        case int() if not isinstance(value, bool):
            return str(value).encode()
        case _:
            return orjson.dumps(value)
