"""What "survived" means: the page stands, one section is null or stale and told, and it is back once the fault ends."""

import asyncio
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Final

import pytest

from bff.lab.upstreams.services import SERVICES
from tests.page_client import Answered, PageClient, landing
from tests.upstreams_in_process import InProcessUpstreams

SECTION_OF: Final = {"users": "viewer", **{name: name for name in SERVICES if name != "users"}}

NAMED: Final[Mapping[str, Mapping[str, str]]] = {
    "users": {"messages": "sender", "todos": "assignedBy"},
    "messages": {"recommendations": "message"},
    "todos": {"recommendations": "todo"},
}
"""Source → section → the field in which its items name something of that source."""

STATE_OF: Final = {"DEADLINE_EXCEEDED": "TIMED_OUT", "BREAKER_OPEN": "SHED"}
"""Where it is not `UNAVAILABLE`."""

FRESH: Final = frozenset({"LIVE", "CACHED"})

KNOWN, NEW = "7", "8"
"""A user who was here before the fault, and one who was not."""

PAST_TTL: Final = 0.001
"""Seconds. On virtual time none pass between two pages."""

each_source = pytest.mark.parametrize("name", SERVICES)

Fault = AbstractAsyncContextManager[object]
"""Begins with the block, ends with it."""

Page = Mapping[str, Any]


@dataclass(frozen=True)
class Loss:
    """What a fault costs: the section of this source, for one of these reasons."""

    source: str
    codes: tuple[str, ...]

    @property
    def section(self) -> str:
        return SECTION_OF[self.source]


@cache  # deterministic: making it anew for each test costs seconds
def healthy_page(viewer: str) -> Page:
    """The viewer's page when all is well."""

    async def ask() -> Page:
        async with landing(InProcessUpstreams()) as client:
            return (await client.ask(viewer=viewer)).page

    with ThreadPoolExecutor(1) as elsewhere:  # this thread's event loop is the test's
        return elsewhere.submit(asyncio.run, ask()).result()


async def assert_survives(client: PageClient, fault: Fault, loss: Loss, *, within: float = 0) -> None:
    """Ask before, during and after the fault. `within` seconds of its end the page is whole; 0: the next page is.

    The client's app is new, its sources' TTL next to nothing.
    """
    await _asked_until_whole(client, KNOWN, within)
    await asyncio.sleep(PAST_TTL)
    async with fault:
        known, new = await asyncio.gather(client.ask(viewer=KNOWN), client.ask(viewer=NEW))
    back = await asyncio.gather(*(_asked_until_whole(client, each, within) for each in (KNOWN, NEW)))
    assert_stale(known, healthy_page(KNOWN), loss)
    assert_null(new, healthy_page(NEW), loss)
    assert_fetched_since(known, back[0])
    assert_fetched_since(new, back[1])


def assert_null(answer: Answered, healthy: Page, loss: Loss) -> None:
    """Whole but for the section at fault, which is null."""
    _assert_only(answer, healthy, loss)
    row = answer.row("landingPage", loss.section)
    assert answer.page[loss.section] is None
    assert row["code"] in loss.codes
    assert (row["state"], row["fetchedAt"]) == (STATE_OF.get(row["code"], "UNAVAILABLE"), None)


def assert_stale(answer: Answered, healthy: Page, loss: Loss) -> None:
    """Whole; the section at fault is as it was before, and says so."""
    _assert_only(answer, healthy, loss)
    row = answer.row("landingPage", loss.section)
    assert answer.page[loss.section] == healthy[loss.section]
    assert row["code"] in loss.codes
    assert (row["state"], row["fetchedAt"] is None) == ("STALE", False)


def assert_stands(answer: Answered, healthy: Page, loss: Loss) -> None:
    """Whole, or whole but for the section at fault and what others name of its source: for faults that come and go."""
    if answer.page[loss.section] is None:
        assert_null(answer, healthy, loss)
        return
    assert answer.status == 200
    assert "errors" not in answer.body
    assert set(answer.states().values()) <= FRESH, answer.rows
    for section in SECTION_OF.values():
        assert_whole_but_for_what_it_names(section, answer.page, healthy, loss.source)


def assert_whole(answer: Answered, healthy: Page) -> None:
    """Nothing is missing, nothing is old."""
    assert answer.status == 200
    assert "errors" not in answer.body
    assert answer.page == healthy
    assert set(answer.states().values()) <= FRESH, answer.rows
    assert len(answer.rows) == len(SECTION_OF)
    assert "x-bff-degraded" not in answer.headers


async def assert_recovers(client: PageClient, viewer: str, *, within: float, last: Answered) -> None:
    """A page is whole again within so many seconds; with 0 it is the next one. Nothing is older than the `last` one."""
    assert_fetched_since(last, await _asked_until_whole(client, viewer, within))


def assert_fetched_since(last: Answered, back: Answered) -> None:
    """What is fresh again is none of what was there at the `last` page."""
    assert min(_fetches(back)) >= max(_fetches(last))


async def _asked_until_whole(client: PageClient, viewer: str, within: float) -> Answered:
    clock = asyncio.get_running_loop().time
    give_up_at = clock() + within
    answer = await client.ask(viewer=viewer)
    while _lacks_something(answer) and clock() < give_up_at:
        await asyncio.sleep(0.01)
        answer = await client.ask(viewer=viewer)
    assert_whole(answer, healthy_page(viewer))
    return answer


def _assert_only(answer: Answered, healthy: Page, loss: Loss) -> None:
    """No other section has lost anything but what it names of the failing source."""
    assert answer.status == 200
    assert "errors" not in answer.body
    assert answer.headers["x-bff-degraded"] == loss.section
    others = set(SECTION_OF.values()) - {loss.section}
    for section in others:
        assert_whole_but_for_what_it_names(section, answer.page, healthy, loss.source)
    assert {answer.states()[section] for section in others} <= FRESH, answer.rows
    gaps = [row for row in answer.rows if "count" in row]
    assert len(answer.rows) == len(SECTION_OF) + len(gaps)
    assert {gap["source"] for gap in gaps} <= {loss.source}
    assert {gap["code"] for gap in gaps} <= set(loss.codes)


def assert_whole_but_for_what_it_names(section: str, page: Page, healthy: Page, source: str) -> None:
    """What its items name of that source may be missing, and is never wrong."""
    field = NAMED.get(source, {}).get(section)
    if field is None:
        assert page[section] == healthy[section]
        return
    assert _without(field, page[section]) == _without(field, healthy[section])
    for item, whole in zip(page[section], healthy[section], strict=True):
        assert item.get(field) in (None, whole.get(field))


def _lacks_something(answer: Answered) -> bool:
    return "x-bff-degraded" in answer.headers or any("count" in row for row in answer.rows)


def _fetches(answer: Answered) -> list[datetime]:
    """By the app's own clock, so that they can be compared."""
    return [datetime.fromisoformat(row["fetchedAt"]) for row in answer.rows if row.get("fetchedAt")]


def _without(field: str, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: value for name, value in item.items() if name != field} for item in items]
