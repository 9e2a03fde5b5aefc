"""How much of a request's times its own answer shows, and to whom."""

import re
from collections.abc import Mapping

import pytest

from bff import create_app, read_settings
from bff.schema import page as landing_page
from bff.transport import Response
from tests.page_client import Answered, ByHeader, client_of, landing
from tests.upstreams_in_process import URLS, InProcessUpstreams

pytestmark = pytest.mark.virtual_time

TOKEN = "a-token-that-nobody-guesses"
WANTED = {"x-bff-waterfall": "1"}


async def in_production(headers: Mapping[str, str], **settings: str) -> Answered:
    """As `bff serve` has it: nobody sees anything without a token."""
    app = create_app(
        landing_page,
        read_settings(landing_page, {**URLS, **settings}),
        transport=InProcessUpstreams(),
        identify=ByHeader(),
        watch_loop=False,
    )
    async with client_of(app) as client:
        return await client.ask(headers=headers)


async def test_nobody_gets_a_waterfall_who_does_not_ask() -> None:
    async with landing(InProcessUpstreams()) as client:
        answer = await client.ask()
    assert answer.body["extensions"].keys() == {"sections"}


async def test_whoever_has_the_admin_token_gets_it_in_production() -> None:
    answer = await in_production({**WANTED, "x-bff-admin-token": TOKEN}, BFF_ADMIN_TOKEN=TOKEN)
    assert answer.waterfall.operation == "LandingPage"
    assert {section.name for section in answer.waterfall.sections} == set(answer.page) & {
        "viewer",
        "messages",
        "todos",
        "notifications",
        "recommendations",
    }


@pytest.mark.parametrize("given", [{}, {"x-bff-admin-token": "another"}, {"x-bff-admin-token": ""}])
@pytest.mark.parametrize("settings", [{}, {"BFF_ADMIN_TOKEN": TOKEN}])
async def test_others_are_told_what_it_takes(given: Mapping[str, str], settings: Mapping[str, str]) -> None:
    answer = await in_production({**WANTED, **given}, **settings)
    assert answer.body["extensions"]["waterfall"] == {
        "error": "send `x-bff-admin-token` with what BFF_ADMIN_TOKEN holds there"
    }
    assert answer.body["data"]["landingPage"]["messages"]


async def test_the_data_is_the_same_with_it_and_without() -> None:
    async with landing(InProcessUpstreams()) as client:
        without, with_it = await client.ask(), await client.ask(headers=WANTED)
    assert with_it.body["data"] == without.body["data"]
    assert with_it.waterfall.calls == ()  # all of it came from the cache


@pytest.mark.parametrize(("headers", "gateway"), [({}, False), ({"via": "1.1 edge"}, True)])
async def test_whether_a_gateway_stands_before_us_is_seen(headers: Mapping[str, str], gateway: bool) -> None:
    async with landing(InProcessUpstreams()) as client:
        answer = await client.ask(headers={**WANTED, **headers})
    assert answer.waterfall.gateway is gateway


SENDERS = "{ landingPage { messages(first: 3) { sender { name } } } }"


async def test_a_page_on_which_something_further_in_is_missing_is_degraded() -> None:
    async with landing(InProcessUpstreams(delays={"users": 5})) as client:
        waterfall = (await client.ask(SENDERS, headers=WANTED)).waterfall
    assert waterfall.verdict == "degraded"
    [section] = waterfall.sections
    assert [(load.field, load.code) for load in section.loads] == [(None, None), ("sender", "DEADLINE_EXCEEDED")]


async def test_what_does_not_exist_is_nobody_s_fault() -> None:
    nobody = {"users": lambda _: Response(200, {}, b"[]")}
    async with landing(InProcessUpstreams(answers=nobody)) as client:
        waterfall = (await client.ask(SENDERS, headers=WANTED)).waterfall
    assert waterfall.verdict == "whole"


async def test_a_waterfall_names_neither_the_viewer_nor_what_was_asked_with() -> None:
    query = "query Q($n: Int!) { landingPage { messages(first: $n) { subject } } }"
    async with landing(InProcessUpstreams()) as client:
        answer = await client.ask(query, viewer="917", variables={"n": 7}, headers=WANTED)
    told = str(answer.body["extensions"]["waterfall"])
    assert "917" not in re.sub(r"[0-9a-f]{32}|\d+\.\d+(e-\d+)?", "", told)


async def test_the_browser_is_told_totals_where_that_is_set() -> None:
    upstreams = InProcessUpstreams(delays={"messages": 0.25, "recommendations": 5})
    async with landing(upstreams, settings={"BFF_SERVER_TIMING": "on"}) as client:
        answer = await client.ask()
    told = dict(each.split(";", 1) for each in answer.headers["server-timing"].split(", "))
    assert told["recommendations"] == 'dur=300.0;desc="TIMED_OUT"'
    assert told["messages"] == 'dur=250.0;desc="LIVE"'
    assert told["total"] == told["execute"] == "dur=300.0"
    assert {"body", "document", "serialise"} <= told.keys()


async def test_and_told_nothing_where_it_is_not() -> None:
    assert "server-timing" not in (await in_production({})).headers
