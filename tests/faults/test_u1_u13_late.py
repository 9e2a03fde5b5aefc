"""U1 and U13 on virtual time: answers, or names, that take longer than a page waits."""

import asyncio

import pytest

from bff.errors import UpstreamUnreachable
from tests.faults.survived import (
    KNOWN,
    NEW,
    SECTION_OF,
    Loss,
    assert_null,
    assert_survives,
    assert_whole,
    each_source,
    healthy_page,
)
from tests.faults.virtual_faults import ASKED_EACH_TIME, delayed, failing
from tests.page_client import Answered, PageClient, landing
from tests.upstreams_in_process import InProcessUpstreams

pytestmark = pytest.mark.virtual_time

DEADLINES = {"users": 1.0, "messages": 1.0, "todos": 1.0, "notifications": 1.0, "recommendations": 0.3}
WINDOW = 10.0
"""Seconds: a breaker's."""

LATE = 1.5
RESOLVING = 5.0


async def timed_page(client: PageClient, viewer: str) -> tuple[Answered, float]:
    clock = asyncio.get_running_loop().time
    started = clock()
    answer = await client.ask(viewer=viewer)
    return answer, clock() - started


@each_source
async def test_u1_the_page_waits_for_its_deadline_and_the_next_one_has_the_late_answer(name: str) -> None:
    healthy = healthy_page(NEW)
    upstreams = InProcessUpstreams(delays={name: LATE})
    async with landing(upstreams) as client:
        first, took = await timed_page(client, NEW)
        await asyncio.sleep(LATE)
        calls = upstreams.calls[name]
        second, took_again = await timed_page(client, NEW)

    assert_null(first, healthy, Loss(name, ("DEADLINE_EXCEEDED",)))
    assert took == pytest.approx(DEADLINES[name], abs=0.001)
    assert_whole(second, healthy)
    assert second.states()[SECTION_OF[name]] == "CACHED"
    assert took_again == 0
    assert upstreams.calls[name] == calls


async def test_u1_the_page_takes_the_deadlines_on_its_longest_chain_and_no_more() -> None:
    upstreams = InProcessUpstreams(delays={"users": LATE, "messages": 0.9})
    async with landing(upstreams) as client:
        answer, took = await timed_page(client, NEW)

    assert_null(answer, healthy_page(NEW), Loss("users", ("DEADLINE_EXCEEDED",)))
    assert took == pytest.approx(0.9 + 1.0, abs=0.001)


@each_source
@pytest.mark.parametrize("seconds", [LATE, 3600.0], ids=["slow", "hangs"])
async def test_u1_a_late_upstream_costs_one_section(name: str, seconds: float) -> None:
    upstreams = InProcessUpstreams()
    async with landing(upstreams, settings=ASKED_EACH_TIME) as client:
        fault = delayed(upstreams, name, seconds)
        await assert_survives(client, fault, Loss(name, ("DEADLINE_EXCEEDED",)), within=WINDOW)


@each_source
async def test_u13_a_name_that_takes_5_s_to_resolve_costs_one_section_and_nobody_elses_time(name: str) -> None:
    upstreams = InProcessUpstreams(delays={name: RESOLVING})
    others = " ".join(f"{section} {{ id }}" for section in sorted(set(SECTION_OF.values()) - {SECTION_OF[name]}))
    async with landing(upstreams) as client:
        waiting = asyncio.create_task(timed_page(client, NEW))
        await asyncio.sleep(0.1)
        clock = asyncio.get_running_loop().time
        asked = clock()
        meanwhile = await client.ask(f"{{ landingPage {{ {others} }} }}", viewer=KNOWN)
        answered = clock()
        answer, took = await waiting

    assert set(meanwhile.states().values()) == {"LIVE"}
    assert answered == asked
    assert_null(answer, healthy_page(NEW), Loss(name, ("DEADLINE_EXCEEDED",)))
    assert took == pytest.approx(DEADLINES[name], abs=0.001)


@each_source
async def test_u13_once_a_name_resolves_again_the_next_page_is_whole(name: str) -> None:
    upstreams = InProcessUpstreams()
    async with landing(upstreams, settings=ASKED_EACH_TIME) as client:
        fault = failing(upstreams, name, UpstreamUnreachable("no such name"))
        await assert_survives(client, fault, Loss(name, ("UPSTREAM_UNREACHABLE",)))
