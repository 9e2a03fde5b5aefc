"""S2 of an answer in frames: the client goes away between two of them."""

import asyncio

import pytest

from bff.events import Event, PageFinished
from bff.lab.upstreams.services import SERVICES
from bff.page_timeline import Verdict
from tests.incremental.asking import EVENTS, MULTIPART, asked
from tests.incremental.serving import served
from tests.upstreams_in_process import InProcessUpstreams, Watched

pytestmark = pytest.mark.virtual_time


@pytest.mark.parametrize("accept", [MULTIPART, EVENTS])
async def test_s2_the_call_that_only_it_waited_for_is_ended_at_once(accept: str) -> None:
    upstreams, told = Watched(delays={"recommendations": 3600}), list[Event]()
    loop = asyncio.get_running_loop()
    async with served(upstreams, listeners=[told.append]) as app:
        started = loop.time()
        answer = await asked(app, accept=accept, leaves_after=0.5)
        took = loop.time() - started
        await asyncio.sleep(0.3)

    assert answer.chunks[0][1]
    assert upstreams.ended["recommendations"] - started == pytest.approx(0.5, abs=0.01)
    assert took < 0.5 + 0.3
    [page] = [event.page for event in told if isinstance(event, PageFinished)]
    assert (page.status, page.verdict) == (499, Verdict.GONE)


async def test_s2_before_the_first_frame_all_of_it_is_ended() -> None:
    upstreams = Watched(delays=dict.fromkeys(SERVICES, 0.9))
    async with served(upstreams) as app:
        answer = await asked(app, leaves_after=0.1)
        left = asyncio.get_running_loop().time()
        await asyncio.sleep(0.3)
    assert answer.status == 499
    assert upstreams.ended.keys() == set(SERVICES)
    assert max(upstreams.ended.values()) - left < 0.01


async def test_s2_a_call_that_another_one_waits_for_goes_on() -> None:
    upstreams = Watched(delays={"recommendations": 1})
    async with served(upstreams) as app:
        leaving = asyncio.create_task(asked(app, leaves_after=0.5))
        staying = asyncio.create_task(asked(app))
        _, answer = await asyncio.gather(leaving, staying)
    assert not upstreams.ended
    assert answer.frames[-1]["incremental"][0]["data"]["recommendations"]


@pytest.mark.parametrize("name", SERVICES)
async def test_s2_leaving_as_something_comes_leaves_nothing_behind(name: str) -> None:
    """Also where graphql-core has resolved what nobody will ever await."""
    query = """{ landingPage { id viewer { name } messages { id ... @defer { sender { name } } }
      ... @defer { todos { id assignedBy { name } } recommendations { id } } ... @defer { notifications { id } } } }"""
    upstreams = Watched(delays=dict.fromkeys(SERVICES, 0.2) | {name: 0.1})
    async with served(upstreams) as app:
        for moment in (0.0, 0.1, 0.2, 0.3):
            for user in range(1, 6):
                await asked(app, query, leaves_after=moment, viewer=str(user + 10 * round(10 * moment)))


async def test_a_connection_that_breaks_is_a_client_that_left() -> None:
    told = list[Event]()
    async with served(InProcessUpstreams(delays={"recommendations": 1}), listeners=[told.append]) as app:
        await asked(app, breaks=True)
    [page] = [event.page for event in told if isinstance(event, PageFinished)]
    assert page.verdict is Verdict.GONE
