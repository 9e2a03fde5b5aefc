"""The clock by which cached values age."""

import asyncio
import time

import pytest

from bff.cache.clock import SteadyClock

pytestmark = pytest.mark.virtual_time


@pytest.mark.parametrize("jump", [3600, -3600])
async def test_s5_it_goes_on_steadily_when_the_machines_clock_jumps(
    jump: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = SteadyClock()
    before = clock()
    monkeypatch.setattr(time, "time", lambda: before + jump)
    await asyncio.sleep(7)

    assert clock() == pytest.approx(before + 7)


async def test_it_begins_with_the_machines_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time", lambda: 1_000.0)
    await asyncio.sleep(5)

    assert SteadyClock()() == 1_000
