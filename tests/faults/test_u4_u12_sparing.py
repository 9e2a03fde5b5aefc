"""U4 and U12 on virtual time: how often an upstream in trouble is called."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field

import pytest

from bff.errors import UpstreamUnreachable
from bff.lab.upstreams.services import SERVICES
from bff.transport import Request, Response
from tests.faults.survived import NEW, Loss, assert_null, assert_recovers, each_source, healthy_page
from tests.faults.virtual_faults import failing, status
from tests.page_client import landing
from tests.upstreams_in_process import InProcessUpstreams

pytestmark = pytest.mark.virtual_time

DEADLINES = {**dict.fromkeys(SERVICES, 1.0), "recommendations": 0.3}
WORK_BOUNDS = {**dict.fromkeys(SERVICES, 2.0), "recommendations": 10.0}

ENOUGH = 20
"""Calls by which a breaker judges."""

SLEEP = 5.0
"""Seconds between two probes of a breaker that is open."""


@dataclass
class TimedUpstreams(InProcessUpstreams):
    """Notes when each request came, in loop time."""

    came_at: list[float] = field(default_factory=list)

    async def send(self, request: Request) -> Response:
        self.came_at.append(asyncio.get_running_loop().time())
        return await super().send(request)


def by_url(upstreams: InProcessUpstreams, name: str) -> Counter[str]:
    """How often each thing was asked of an upstream: more than once means retried."""
    return Counter(request.url for request in upstreams.requests if f"//{name}.test/" in request.url)


@each_source
@pytest.mark.parametrize("number", [500, 502, 503, 504])
async def test_u4_retrying_costs_the_page_no_more_than_its_deadline(name: str, number: int) -> None:
    slow_enough = 0.6 * DEADLINES[name]  # so that a second attempt cannot be over in time
    upstreams = TimedUpstreams(delays={name: slow_enough}, answers={name: status(number)})
    clock = asyncio.get_running_loop().time
    async with landing(upstreams) as client:
        started = clock()
        page = await client.ask(viewer=NEW)
        took = clock() - started
        await asyncio.sleep(WORK_BOUNDS[name])

    assert_null(page, healthy_page(NEW), Loss(name, ("DEADLINE_EXCEEDED",)))
    assert took == pytest.approx(DEADLINES[name], abs=0.001)
    assert set(by_url(upstreams, name).values()) == {2}, "one retry of each call"
    ends = [
        at + request.timeout
        for at, request in zip(upstreams.came_at, upstreams.requests, strict=True)
        if f"//{name}.test/" in request.url
    ]
    assert max(ends) <= started + WORK_BOUNDS[name] + 0.001


@each_source
async def test_u4_retries_stay_within_their_budget(name: str) -> None:
    upstreams = InProcessUpstreams(answers={name: status(503)})
    async with landing(upstreams, settings={f"BFF_{name.upper()}__BREAKER__MODE": "report-only"}) as client:
        for viewer in range(1, 61):
            await client.ask(viewer=str(viewer))
            await asyncio.sleep(0.1)

    asked = by_url(upstreams, name)
    assert len(asked) >= 60
    assert max(asked.values()) == 2
    assert sum(asked.values()) / len(asked) <= 1.2


@each_source
async def test_u12_an_open_breaker_lets_one_call_through_each_time_it_has_slept(name: str) -> None:
    loss = Loss(name, ("BREAKER_OPEN", "UPSTREAM_UNREACHABLE"))
    upstreams = InProcessUpstreams()
    async with landing(upstreams) as client:
        async with failing(upstreams, name, UpstreamUnreachable("refused")):
            others = iter(range(101, 200))
            page = await client.ask(viewer=NEW)
            while page.row("landingPage", loss.section)["code"] != "BREAKER_OPEN":
                page = await client.ask(viewer=str(next(others)))
            until_open = upstreams.calls[name]
            await asyncio.sleep(SLEEP - 0.1)
            shed = await client.ask(viewer=NEW)
            while_asleep = upstreams.calls[name]
            await asyncio.sleep(0.1)
            await client.ask(viewer=NEW)
            after_sleep = upstreams.calls[name]
        await asyncio.sleep(SLEEP)
        await assert_recovers(client, NEW, within=0.1, last=shed)

    assert_null(shed, healthy_page(NEW), loss)
    assert ENOUGH <= until_open <= ENOUGH + 2, "others of the same page may be under way"
    assert while_asleep == until_open
    assert after_sleep == until_open + 1
