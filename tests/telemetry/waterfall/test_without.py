"""What the page would have taken without a source, against the page with that source off."""

import asyncio
from collections.abc import Mapping
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bff.lab.upstreams.services import SERVICES
from bff.telemetry.waterfall.model import Bar, Waterfall
from tests.page_client import landing
from tests.resilience.plans import run_virtually, unhurried
from tests.upstreams_in_process import InProcessUpstreams

ASKS = {"x-bff-waterfall": "1"}

few = settings(unhurried, max_examples=40)
"""Each makes an app or two."""

DEADLINES = (300, 1_000)
MILLISECONDS = st.integers(0, 1_200).filter(lambda delay: delay not in DEADLINES)
"""Some beyond the deadlines, and none of them at the very moment of one, which may go either way."""

DELAYS = st.fixed_dictionaries({name: MILLISECONDS.map(lambda delay: delay / 1000) for name in SERVICES})


async def seen(delays: Mapping[str, float], off: str | None = None) -> tuple[float, Waterfall]:
    """How long the page took, and its waterfall."""
    switched = {} if off is None else {f"BFF_{off.upper()}__ENABLED": "off"}
    async with landing(InProcessUpstreams(delays=dict(delays)), settings=switched) as client:
        started = asyncio.get_running_loop().time()
        answer = await client.ask(headers=ASKS)
        return asyncio.get_running_loop().time() - started, answer.waterfall


@few
@given(delays=DELAYS, off=st.sampled_from(sorted(SERVICES)))
def test_it_is_what_the_page_takes_with_that_source_off(delays: Mapping[str, float], off: str) -> None:
    async def both() -> None:
        _, waterfall = await seen(delays)
        took, _ = await seen(delays, off)
        [without] = [one.seconds for one in waterfall.without if one.source == off]
        assert without == pytest.approx(took, abs=0.001)

    run_virtually(both())


@few
@given(delays=DELAYS)
def test_the_critical_path_has_no_gap_and_each_section_s_bars_cover_it(delays: Mapping[str, float]) -> None:
    async def whole() -> None:
        took, waterfall = await seen(delays)
        path = waterfall.critical
        assert path[0].start == 0.0
        assert path[-1].end == pytest.approx(took)
        assert all(one.end == other.start for one, other in pairwise(path))
        for section in waterfall.sections:
            assert covers(section.bars, section.start, section.end)
            assert all(covers(load.bars, load.start, load.end) for load in section.loads)
        latest = max(waterfall.sections, key=lambda section: section.end)
        assert took == pytest.approx(latest.end)

    run_virtually(whole())


def covers(bars: tuple[Bar, ...], start: float, end: float) -> bool:
    """Without gaps, unless there is nothing to cover."""
    if start == end:
        return not bars
    joints = all(one.end == other.start for one, other in pairwise(bars))
    return joints and (bars[0].start, bars[-1].end) == (start, end)
