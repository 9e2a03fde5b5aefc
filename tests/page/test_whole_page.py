"""The landing page when all is well."""

import asyncio

import pytest

from tests.page_client import LANDING, landing
from tests.upstreams_in_process import InProcessUpstreams, upstream_of

pytestmark = pytest.mark.virtual_time

EVERYBODY = """
query Everybody {
  landingPage {
    viewer { id }
    messages(first: 10) { id sender { id name } }
    todos(first: 10) { id assignedBy { id name } }
    notifications(first: 10) { id }
    recommendations(first: 5) {
      id
      ... on SendMessage { message { id subject sender { id name } } }
      ... on CompleteTodo { todo { id title assignedBy { id name } } }
    }
  }
}
"""


async def test_every_section_is_whole_and_told_as_live() -> None:
    async with landing(InProcessUpstreams()) as client:
        answer = await client.ask()

    assert answer.status == 200
    assert "errors" not in answer.body
    assert answer.page["viewer"]["id"] == "1"
    assert len(answer.page["messages"]) == len(answer.page["todos"]) == len(answer.page["notifications"]) == 10
    assert len(answer.page["recommendations"]) == 5
    assert all(message["sender"]["name"] for message in answer.page["messages"])
    assert set(answer.states().values()) == {"LIVE"}
    assert "x-bff-degraded" not in answer.headers


async def test_sections_are_asked_for_at_once_so_the_page_takes_its_longest_chain() -> None:
    delays = {"users": 0.04, "messages": 0.33, "todos": 0.09, "notifications": 0.06, "recommendations": 0.1}
    async with landing(InProcessUpstreams(delays=delays)) as client:
        started = asyncio.get_running_loop().time()
        await client.ask("{ landingPage { messages { sender { id } } todos { id } notifications { id } } }")
        took = asyncio.get_running_loop().time() - started

    assert took == pytest.approx(0.33 + 0.04, abs=0.001)


async def test_a_page_costs_at_most_nine_calls_however_many_people_and_items_it_names() -> None:
    upstreams = InProcessUpstreams()
    async with landing(upstreams) as client:
        await client.ask(LANDING)

    assert sum(upstreams.calls.values()) <= 9


async def test_people_asked_for_under_recommendations_cost_at_most_two_calls_more() -> None:
    delays = {"messages": 0.33, "todos": 0.09, "recommendations": 0.1, "users": 0.05}
    upstreams = InProcessUpstreams(delays=delays)
    async with landing(upstreams) as client:
        answer = await client.ask(EVERYBODY)

    actions = answer.page["recommendations"]
    assert any(action.get("message", {}).get("sender") for action in actions)
    assert sum(upstreams.calls.values()) <= 11


async def test_equal_loads_of_one_page_are_one_call() -> None:
    upstreams = InProcessUpstreams()
    async with landing(upstreams) as client:
        answer = await client.ask("{ landingPage { a: todos { id } b: todos { title } } }")

    assert upstreams.calls["todos"] == 1
    assert [todo["title"] for todo in answer.page["b"]]
    assert [row["path"] for row in answer.rows] == [["landingPage", "a"], ["landingPage", "b"]]


async def test_first_says_how_many() -> None:
    async with landing(InProcessUpstreams()) as client:
        answer = await client.ask("{ landingPage { messages(first: 3) { id } recommendations(first: 2) { id } } }")

    assert len(answer.page["messages"]) == 3
    assert len(answer.page["recommendations"]) == 2


async def test_the_page_has_an_id_of_the_viewers_own() -> None:
    async with landing(InProcessUpstreams()) as client:
        first = await client.ask("{ landingPage { id } }", viewer="7")
        second = await client.ask("{ landingPage { id } }", viewer="8")

    assert first.page["id"] != second.page["id"]
    assert "extensions" not in first.body, "no section was asked for, so there is nothing to report"


async def test_each_kind_of_action_leads_on_to_what_it_speaks_of() -> None:
    query = """{ landingPage { recommendations(first: 12) {
      __typename id score
      ... on SendMessage { message { id } }
      ... on CompleteTodo { todo { id priority } }
      ... on OpenLink { url }
    } } }"""
    async with landing(InProcessUpstreams()) as client:
        actions = (await client.ask(query)).page["recommendations"]

    by_kind = {action["__typename"]: action for action in actions}
    assert by_kind["SendMessage"]["message"]["id"]
    assert by_kind["CompleteTodo"]["todo"]["priority"] in {"LOW", "MEDIUM", "HIGH"}
    assert by_kind["OpenLink"]["url"].startswith("https://")


async def test_upstreams_are_told_the_request_its_trace_and_the_time_that_is_left() -> None:
    upstreams = InProcessUpstreams()
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    async with landing(upstreams) as client:
        answer = await client.ask(headers={"x-request-id": "abc-1", "traceparent": trace})

    assert answer.headers["x-request-id"] == "abc-1"
    internal = [request for request in upstreams.requests if upstream_of(request) != "recommendations"]
    assert len(internal) > 4
    for request in internal:
        assert request.headers["x-request-id"] == "abc-1"
        assert request.headers["traceparent"] == trace
        assert request.headers["accept"] == "application/json"
        assert 0 < int(request.headers["x-deadline-ms"]) <= 10_000


async def test_nothing_of_a_page_is_kept_by_the_browser() -> None:
    async with landing(InProcessUpstreams()) as client:
        answer = await client.ask()

    assert answer.headers["cache-control"] == "no-store"
