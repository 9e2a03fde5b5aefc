"""Pages stop waiting for a source that is never in time, while its calls go on and fill the cache."""

import asyncio
from typing import Any

import pytest

from bff.lab.upstreams.services import SERVICES
from tests.page_client import PageClient, landing
from tests.upstreams_in_process import InProcessUpstreams

pytestmark = pytest.mark.virtual_time

SECTION_OF = {"users": "viewer", **{name: name for name in SERVICES if name != "users"}}


def ask_for(section: str) -> str:
    return "{ landingPage { " + section + " { __typename } } }"


async def timed(client: PageClient, query: str, viewer: str) -> tuple[float, dict[str, Any]]:
    """How long the page took, and its section's row."""
    clock = asyncio.get_running_loop().time
    started = clock()
    answer = await client.ask(query, viewer=viewer)
    [row] = answer.rows
    return clock() - started, row


async def ten_pages_that_wait(client: PageClient, query: str) -> None:
    pages = [client.ask(query, viewer=str(viewer)) for viewer in range(1, 11)]
    await asyncio.gather(*pages)


@pytest.mark.parametrize("name", SERVICES)
async def test_u1_after_ten_late_calls_no_page_waits_for_the_source(name: str) -> None:
    query = ask_for(SECTION_OF[name])
    async with landing(InProcessUpstreams(delays={name: 1.8})) as client:
        await ten_pages_that_wait(client, query)
        took, row = await timed(client, query, "11")

    assert took < 0.001
    assert (row["state"], row["code"], row["retryAfterMs"]) == ("TIMED_OUT", "DEADLINE_EXCEEDED", 2000)


@pytest.mark.parametrize("name", SERVICES)
async def test_u1_the_call_of_a_page_that_did_not_wait_fills_the_cache(name: str) -> None:
    query = ask_for(SECTION_OF[name])
    async with landing(InProcessUpstreams(delays={name: 1.8})) as client:
        await ten_pages_that_wait(client, query)
        await timed(client, query, "11")
        await asyncio.sleep(1.9)
        took, row = await timed(client, query, "11")

    assert took < 0.001
    assert row["state"] == "CACHED"


def not_revalidated(name: str) -> dict[str, str]:
    """Settings with which a page waits for a value that is older than a second."""
    return {f"BFF_{name.upper()}__TTL": "1s", f"BFF_{name.upper()}__REVALIDATE": "0"}


@pytest.mark.parametrize("name", SERVICES)
async def test_a_page_that_does_not_wait_has_what_is_stale_at_once(name: str) -> None:
    query = ask_for(SECTION_OF[name])
    upstreams = InProcessUpstreams()
    async with landing(upstreams, settings=not_revalidated(name)) as client:
        await client.ask(query, viewer="11")
        await asyncio.sleep(2)
        upstreams.delays[name] = 1.8
        await ten_pages_that_wait(client, query)
        took, row = await timed(client, query, "11")

    assert took < 0.001
    assert (row["state"], row["code"]) == ("STALE", "DEADLINE_EXCEEDED")


async def test_now_and_then_a_page_waits_to_see() -> None:
    query = ask_for("recommendations")
    async with landing(InProcessUpstreams(delays={"recommendations": 2})) as client:
        await ten_pages_that_wait(client, query)
        took = []
        for viewer in range(11, 71):
            took.append((await timed(client, query, str(viewer)))[0])
            await asyncio.sleep(0.25)

    assert sum(seconds > 0.29 for seconds in took) == 3, "one each 5 s, of 15"
    assert sum(seconds < 0.001 for seconds in took) == 57


async def test_pages_wait_again_as_soon_as_a_call_was_in_time() -> None:
    query = ask_for("recommendations")
    upstreams = InProcessUpstreams(delays={"recommendations": 2})
    async with landing(upstreams) as client:
        await ten_pages_that_wait(client, query)
        upstreams.delays["recommendations"] = 0.2
        await timed(client, query, "11")  # does not wait; its call is in time
        await asyncio.sleep(0.3)
        took, row = await timed(client, query, "12")

    assert took == pytest.approx(0.2, abs=0.001)
    assert row["state"] == "LIVE"


async def test_in_report_only_mode_pages_wait_on_and_it_is_said_that_they_would_not() -> None:
    query = ask_for("recommendations")
    told: list[Any] = []
    settings = {"BFF_RECOMMENDATIONS__WAITING__MODE": "report-only"}
    upstreams = InProcessUpstreams(delays={"recommendations": 2})
    async with landing(upstreams, settings=settings, listeners=[told.append]) as client:
        await ten_pages_that_wait(client, query)
        took, _ = await timed(client, query, "11")

    assert took == pytest.approx(0.3, abs=0.001)
    said = [(type(event).__name__, getattr(event, "guard", "")) for event in told]
    assert said.count(("WouldHaveRefused", "waiting")) == 1
    assert said.count(("WaitingChanged", "")) == 1
