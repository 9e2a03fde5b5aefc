"""A page in frames ends with the last of them: what it took, what was sent, what became of it."""

import pytest

from bff.events import Event, PageFinished
from bff.page_timeline import PagePhase, PageTimeline, Verdict
from tests.incremental.asking import DEFERRED, EVENTS, MULTIPART, Received, asked
from tests.incremental.serving import served
from tests.upstreams_in_process import InProcessUpstreams

pytestmark = pytest.mark.virtual_time


async def finished(upstreams: InProcessUpstreams, **how: str) -> tuple[PageTimeline, Received]:
    told = list[Event]()
    async with served(upstreams, listeners=[told.append]) as app:
        answer = await asked(app, **how)  # type: ignore[arg-type]  # all of them are texts
    [page] = [event.page for event in told if isinstance(event, PageFinished)]
    return page, answer


@pytest.mark.parametrize("accept", [MULTIPART, EVENTS])
async def test_the_page_ends_with_its_last_frame(accept: str) -> None:
    page, answer = await finished(InProcessUpstreams(delays={"recommendations": 1.2}), accept=accept)
    assert page.begun_at is not None
    assert page.begun_at - page.started_at == pytest.approx(0, abs=0.01)
    assert page.ended_at is not None
    assert page.ended_at - page.started_at == pytest.approx(1.2, abs=0.01)
    assert (page.status, page.verdict) == (200, Verdict.WHOLE)
    assert page.bytes_out == len(answer.body) - len(b"\r\n---" if accept == MULTIPART else b"")


async def test_its_verdict_is_on_all_of_it() -> None:
    page, _ = await finished(InProcessUpstreams(delays={"recommendations": 3600}))
    assert page.verdict is Verdict.DEGRADED


async def test_between_frames_it_is_executed() -> None:
    page, _ = await finished(InProcessUpstreams(delays={"recommendations": 1.2}))
    assert [phase for phase, _ in page.marks][-4:] == [
        PagePhase.EXECUTE,
        PagePhase.SERIALISE,
        PagePhase.EXECUTE,
        PagePhase.SERIALISE,
    ]


async def test_the_waterfall_goes_with_the_last_frame() -> None:
    async with served(InProcessUpstreams(delays={"recommendations": 1.2})) as app:
        answer = await asked(app, DEFERRED, headers={"x-bff-waterfall": "1"})
    first, last = answer.frames
    assert "waterfall" not in first["extensions"]
    waterfall = last["extensions"]["waterfall"]
    assert {section["name"] for section in waterfall["sections"]} >= {"messages", "recommendations"}


async def test_totals_go_with_the_headers_where_that_is_set() -> None:
    settings = {"BFF_SERVER_TIMING": "true"}
    async with served(InProcessUpstreams(delays={"recommendations": 1.2}), settings=settings) as app:
        answer = await asked(app)
    assert "messages;dur=" in answer.headers["server-timing"]
