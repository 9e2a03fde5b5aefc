"""S5: the machine's clock jumps an hour either way, and no page notices."""

import asyncio
import time

import pytest

from tests.page_client import landing
from tests.upstreams_in_process import InProcessUpstreams

pytestmark = pytest.mark.virtual_time


@pytest.mark.parametrize("jump", [3600, -3600])
async def test_s5_deadlines_hold_and_nothing_expires_when_the_clock_jumps(
    jump: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    upstreams = InProcessUpstreams()
    async with landing(upstreams) as client:
        await client.ask()
        now = time.time()
        monkeypatch.setattr(time, "time", lambda: now + jump)
        again = await client.ask()
        upstreams.delays["recommendations"] = 3600
        started = asyncio.get_running_loop().time()
        other = await client.ask(viewer="2")
        took = asyncio.get_running_loop().time() - started

    assert set(again.states().values()) == {"CACHED"}
    assert other.row("recommendations")["code"] == "DEADLINE_EXCEEDED"
    assert took == pytest.approx(0.3, abs=0.001)


async def test_values_expire_by_the_time_that_has_passed() -> None:
    upstreams = InProcessUpstreams()
    async with landing(upstreams) as client:
        await client.ask()
        await asyncio.sleep(50)
        fresh = await client.ask()
        await asyncio.sleep(20)
        revalidated = await client.ask()
        await asyncio.sleep(130)
        expired = await client.ask()

    assert set(fresh.states().values()) == {"CACHED"}
    assert set(revalidated.states().values()) == {"STALE"}
    assert set(expired.states().values()) == {"LIVE"}
