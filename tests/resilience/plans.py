"""Generated plans, run on virtual time: who comes when, how each attempt goes, who goes away."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar
from unittest.mock import patch

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from bff.timeline import clock
from tests.virtual_time import VirtualTimeLoop

T = TypeVar("T")

unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""Virtual time alone matters here; how long an example takes depends on what else the machine does."""


def run_virtually(main: Coroutine[Any, Any, T]) -> T:
    """Run on a loop of its own that jumps; fails where something hangs, or is left behind."""
    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner, patch.object(clock, "now", runner.get_loop().time):
        return runner.run(_alone(main))


async def _alone(main: Coroutine[Any, Any, T]) -> T:
    value = await main
    assert asyncio.all_tasks() == {asyncio.current_task()}, "a task was left behind"
    return value


def eighths(least: float, most: float) -> st.SearchStrategy[float]:
    """Times that are exact as floats, and often equal."""
    return st.integers(round(least * 8), round(most * 8)).map(lambda count: count / 8)
