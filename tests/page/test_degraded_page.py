"""The landing page when an upstream is late, failing or broken: it costs that one section, and never the page."""

import asyncio
from typing import Any

import pytest

from bff.errors import (
    NotFound,
    SourceError,
    UpstreamFailed,
    UpstreamInvalid,
    UpstreamThrottled,
    UpstreamUnreachable,
)
from bff.lab.upstreams.services import SERVICES
from bff.transport import Request, Response
from tests.page_client import landing
from tests.upstreams_in_process import InProcessUpstreams

pytestmark = pytest.mark.virtual_time

SECTION_OF = {"users": "viewer", **{name: name for name in SERVICES if name != "users"}}
CODES: dict[str, SourceError] = {
    "UPSTREAM_ERROR": UpstreamFailed("the upstream answered 500"),
    "UPSTREAM_UNREACHABLE": UpstreamUnreachable("refused"),
    "UPSTREAM_INVALID": UpstreamInvalid("garbage"),
    "UPSTREAM_THROTTLED": UpstreamThrottled("429", retry_after=7),
    "NOT_FOUND": NotFound("404"),
}


async def test_u1_a_vendor_that_hangs_costs_its_own_section_and_the_page_its_deadline() -> None:
    async with landing(InProcessUpstreams(delays={"recommendations": 3600})) as client:
        started = asyncio.get_running_loop().time()
        answer = await client.ask()
        took = asyncio.get_running_loop().time() - started

    assert answer.status == 200
    assert "errors" not in answer.body
    assert answer.page["recommendations"] is None
    assert all(answer.page[name] for name in ("viewer", "messages", "todos", "notifications"))
    assert took == pytest.approx(0.3, abs=0.001)
    row = answer.row("recommendations")
    assert (row["state"], row["code"]) == ("TIMED_OUT", "DEADLINE_EXCEEDED")
    assert row["elapsedMs"] == pytest.approx(300, abs=1)
    assert row["retryAfterMs"] == 2000
    assert answer.headers["x-bff-degraded"] == "recommendations"


async def test_u1_the_late_answer_fills_the_cache_and_the_next_page_has_it() -> None:
    upstreams = InProcessUpstreams(delays={"recommendations": 2})
    async with landing(upstreams) as client:
        first = await client.ask()
        await asyncio.sleep(2)
        second = await client.ask()

    assert first.page["recommendations"] is None
    assert len(second.page["recommendations"]) == 5
    assert second.row("recommendations")["state"] == "CACHED"
    assert upstreams.calls["recommendations"] == 1


async def test_work_that_nobody_waits_for_ends_at_its_own_bound() -> None:
    upstreams = InProcessUpstreams(delays={"recommendations": 11})
    async with landing(upstreams) as client:
        await client.ask()
        await asyncio.sleep(20)
        answer = await client.ask()

    assert answer.row("recommendations")["state"] == "TIMED_OUT"
    assert upstreams.calls["recommendations"] == 2


@pytest.mark.parametrize("name", SERVICES)
@pytest.mark.parametrize("code", CODES)
async def test_a_failing_upstream_is_told_by_its_code_and_takes_no_other_section_with_it(name: str, code: str) -> None:
    async with landing(InProcessUpstreams(faults={name: CODES[code]})) as client:
        answer = await client.ask()

    failed = SECTION_OF[name]
    assert answer.status == 200
    assert "errors" not in answer.body
    assert answer.page[failed] is None
    assert answer.row("landingPage", failed)["code"] == code
    for section in set(SECTION_OF.values()) - {failed}:
        assert answer.page[section], section
        assert answer.row("landingPage", section)["state"] == "LIVE"


@pytest.mark.parametrize("name", SERVICES)
async def test_a_hanging_upstream_takes_no_other_section_with_it(name: str) -> None:
    async with landing(InProcessUpstreams(delays={name: 3600})) as client:
        answer = await client.ask()

    failed = SECTION_OF[name]
    assert answer.page[failed] is None
    assert answer.row("landingPage", failed)["code"] == "DEADLINE_EXCEEDED"
    assert all(answer.page[section] for section in set(SECTION_OF.values()) - {failed})


async def test_people_who_are_not_to_be_had_are_told_as_gaps_and_cost_no_message() -> None:
    async with landing(InProcessUpstreams(faults={"users": CODES["UPSTREAM_ERROR"]})) as client:
        answer = await client.ask()

    assert len(answer.page["messages"]) == 10
    assert all(message["sender"] is None for message in answer.page["messages"])
    gap = answer.row("messages", "*", "sender")
    assert gap == {
        "path": ["landingPage", "messages", "*", "sender"],
        "source": "users",
        "state": "UNAVAILABLE",
        "code": "UPSTREAM_ERROR",
        "count": 10,
    }
    assert answer.headers["x-bff-degraded"] == "viewer"


async def test_a_deleted_sender_is_a_gap_that_was_not_found() -> None:
    def one_message(_: Request) -> Response:
        message = b"""[{"id": "m1", "subject": "s", "preview": "p", "sent_at": "2026-01-01T00:00:00Z",
                        "unread": true, "sender_id": "999999"}]"""
        return Response(200, {}, message)

    async with landing(InProcessUpstreams(answers={"messages": one_message})) as client:
        answer = await client.ask("{ landingPage { messages { id sender { id } } } }")

    assert answer.page["messages"] == [{"id": "m1", "sender": None}]
    assert answer.row("messages", "*", "sender")["code"] == "NOT_FOUND"


async def test_with_all_five_down_there_is_an_answer_that_says_there_is_no_page() -> None:
    async with landing(InProcessUpstreams(faults=dict.fromkeys(SERVICES, CODES["UPSTREAM_UNREACHABLE"]))) as client:
        answer = await client.ask()

    assert answer.status == 200
    assert [answer.page[section] for section in SECTION_OF.values()] == [None] * 5
    assert len(answer.rows) == 5
    [error] = answer.body["errors"]
    assert (error["path"], error["extensions"]["code"]) == (["landingPage"], "PAGE_UNAVAILABLE")


async def test_a_page_without_its_optional_section_alone_is_a_page() -> None:
    async with landing(InProcessUpstreams(faults={"recommendations": CODES["UPSTREAM_ERROR"]})) as client:
        answer = await client.ask("{ landingPage { recommendations { id } } }")

    assert "errors" not in answer.body


async def test_an_unknown_user_is_not_found() -> None:
    async with landing(InProcessUpstreams()) as client:
        answer = await client.ask(viewer="4711")

    assert answer.status == 200
    assert {row["code"] for row in answer.rows} == {"NOT_FOUND"}
    assert answer.body["errors"][0]["extensions"]["code"] == "PAGE_UNAVAILABLE"


async def test_a_bug_of_ours_is_one_masked_error_and_costs_its_own_section(caplog: pytest.LogCaptureFixture) -> None:
    def bug(_: Request) -> Response:
        raise ZeroDivisionError("a secret of the code's")

    async with landing(InProcessUpstreams(answers={"todos": bug}), settings={"BFF_DEGRADED_AS": "errors"}) as client:
        answer = await client.ask("{ landingPage { todos { id } messages { id } } }")

    [error] = answer.body["errors"]
    assert (error["path"], error["extensions"]["code"]) == (["landingPage", "todos"], "INTERNAL")
    assert "secret" not in str(answer.body)
    assert answer.row("todos")["code"] == "INTERNAL"
    assert len(answer.page["messages"]) == 10
    assert any(record.exc_info for record in caplog.records), "the bug is in the log"


@pytest.mark.parametrize("how", ["header", "setting"])
async def test_who_asks_for_it_is_told_of_lost_sections_as_errors(how: str) -> None:
    settings = {"BFF_DEGRADED_AS": "errors"} if how == "setting" else {}
    headers = {"x-bff-degraded-as": "errors"} if how == "header" else {}
    upstreams = InProcessUpstreams(delays={"recommendations": 3600})
    async with landing(upstreams, settings=settings) as client:
        answer = await client.ask(headers=headers)

    [error] = answer.body["errors"]
    assert error["path"] == ["landingPage", "recommendations"]
    assert error["extensions"]["code"] == "DEADLINE_EXCEEDED"
    assert answer.page["messages"]


async def test_a_stale_section_is_served_told_and_no_error() -> None:
    upstreams = InProcessUpstreams()
    settings = {
        "BFF_RECOMMENDATIONS__TTL": "0.001ms",
        "BFF_RECOMMENDATIONS__REVALIDATE": "0",
        "BFF_DEGRADED_AS": "errors",
    }
    async with landing(upstreams, settings=settings) as client:
        fresh = await client.ask()
        await asyncio.sleep(0.001)
        upstreams.delays["recommendations"] = 3600
        stale = await client.ask()
        upstreams.delays.clear()
        upstreams.faults["recommendations"] = CODES["UPSTREAM_ERROR"]
        await asyncio.sleep(10)  # the call that hung is over, at its work bound
        failing = await client.ask()

    assert stale.page["recommendations"] == fresh.page["recommendations"]
    row = stale.row("recommendations")
    assert (row["state"], row["code"]) == ("STALE", "DEADLINE_EXCEEDED")
    assert row["fetchedAt"] == fresh.row("recommendations")["fetchedAt"]
    assert stale.headers["x-bff-degraded"] == "recommendations"
    assert "errors" not in stale.body
    assert failing.page["recommendations"] == fresh.page["recommendations"]
    assert failing.row("recommendations")["code"] == "UPSTREAM_ERROR"


async def test_no_page_takes_longer_than_the_pages_deadline() -> None:
    settings = {"BFF_PAGE_DEADLINE": "500ms"}
    async with landing(InProcessUpstreams(delays=dict.fromkeys(SERVICES, 3600.0)), settings=settings) as client:
        started = asyncio.get_running_loop().time()
        answer = await client.ask()
        took = asyncio.get_running_loop().time() - started

    assert took == pytest.approx(0.5, abs=0.001)
    assert {row["code"] for row in answer.rows} == {"DEADLINE_EXCEEDED"}


STATUS = """{ landingPage {
  recommendations { id }
  status(of: RECOMMENDATIONS) { state code fetchedAt retryAfterMs }
  todos: status(of: TODOS) { state code fetchedAt retryAfterMs }
} }"""


async def test_status_tells_of_a_section_what_the_report_tells() -> None:
    upstreams = InProcessUpstreams(delays={"recommendations": 3600})
    async with landing(upstreams) as client:
        answer = await client.ask(STATUS)

    row = answer.row("recommendations")
    assert answer.page["status"] == {
        "state": row["state"],
        "code": row["code"],
        "fetchedAt": None,
        "retryAfterMs": 2000,
    }


async def test_status_of_a_section_that_the_query_does_not_ask_for_is_disabled() -> None:
    upstreams = InProcessUpstreams()
    async with landing(upstreams) as client:
        answer = await client.ask(STATUS)

    assert answer.page["todos"] == {"state": "DISABLED", "code": None, "fetchedAt": None, "retryAfterMs": None}
    assert upstreams.calls["todos"] == 0


async def test_two_fields_that_load_the_same_key_do_not_share_their_patience() -> None:
    """Trap 1: a timeout around a loader's future cancels it for everybody else."""
    query = "{ landingPage { viewer { id } messages(first: 1) { sender { id } } } }"

    def from_the_viewer(_: Request) -> Response:
        message = b"""[{"id": "m1", "subject": "s", "preview": "p", "sent_at": "2026-01-01T00:00:00Z",
                        "unread": true, "sender_id": "1"}]"""
        return Response(200, {}, message)

    # the viewer gives up at 1.0 s; the sender, the same key, began to wait at 0.9 s and has until 1.9 s
    upstreams = InProcessUpstreams(delays={"users": 1.5, "messages": 0.9}, answers={"messages": from_the_viewer})
    async with landing(upstreams) as client:
        answer = await client.ask(query)

    assert answer.page["viewer"] is None
    assert answer.page["messages"] == [{"sender": {"id": "1"}}]
    assert upstreams.calls["users"] == 1


async def test_items_that_break_the_contract_are_dropped_and_counted() -> None:
    told: list[Any] = []

    def mixed(_: Request) -> Response:
        good = b'{"id": "n1", "kind": "NEW_KIND", "text": "t", "created_at": "2026-01-01T00:00:00Z", "read": false}'
        return Response(200, {}, b"[" + good + b', {"id": 7}, null]')

    upstreams = InProcessUpstreams(answers={"notifications": mixed})
    async with landing(upstreams, listeners=[told.append]) as client:
        answer = await client.ask("{ landingPage { notifications { id kind } } }")

    assert answer.page["notifications"] == [{"id": "n1", "kind": "OTHER"}]
    assert [event.count for event in told if type(event).__name__ == "ItemsDropped"] == [2]


async def test_u20_what_was_not_asked_for_is_dropped_and_counted() -> None:
    told: list[Any] = []

    def somebody_else(_: Request) -> Response:
        return Response(200, {}, b'[{"id": "2", "name": "Somebody Else"}]')

    upstreams = InProcessUpstreams(answers={"users": somebody_else})
    async with landing(upstreams, listeners=[told.append]) as client:
        answer = await client.ask("{ landingPage { viewer { name } } }")

    assert answer.page["viewer"] is None
    assert answer.row("viewer")["code"] == "NOT_FOUND"
    assert [event.reason for event in told if type(event).__name__ == "ItemsDropped"] == ["unasked"]
