"""An answer in frames leaves nothing of it to the cycle collector's pauses either."""

import asyncio
import gc
from collections import Counter

import pytest

from bff.errors import UpstreamFailed
from tests.incremental.asking import EVENTS, MULTIPART, asked
from tests.incremental.serving import served
from tests.page.test_no_cycles import cycles
from tests.upstreams_in_process import InProcessUpstreams

pytestmark = pytest.mark.virtual_time

TROUBLES = {
    "none": InProcessUpstreams(),
    "a vendor that hangs": InProcessUpstreams(delays={"recommendations": 3600}),
    "a service that fails": InProcessUpstreams(faults={"users": UpstreamFailed("500")}),
}

QUERY = """{ landingPage { id viewer { name } messages { id ... @defer { sender { name } } }
  ... @defer { recommendations { id title } todos { id } } } }"""


@pytest.mark.parametrize("accept", [MULTIPART, EVENTS])
@pytest.mark.parametrize("trouble", TROUBLES)
async def test_what_was_sent_in_frames_leaves_nothing_for_the_cycle_collector(trouble: str, accept: str) -> None:
    async with served(TROUBLES[trouble]) as app:
        await asked(app, QUERY, accept=accept)
        await asyncio.sleep(15)  # until calls that were too late have ended
        with cycles() as found:
            await asked(app, QUERY, accept=accept, viewer="2")
            await asyncio.sleep(15)
            gc.collect()
            kinds = Counter(f"{type(one).__module__}.{type(one).__qualname__}" for one in found)

    assert not {kind for kind in kinds if kind.startswith(("bff.", "graphql.", "aiodataloader", "_asyncio"))}, kinds
