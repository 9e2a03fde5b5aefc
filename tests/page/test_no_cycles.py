"""A page's objects go when it goes: nothing of it is left to the cycle collector and its pauses."""

import asyncio
import gc
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from bff.errors import UpstreamFailed
from tests.page_client import landing
from tests.upstreams_in_process import InProcessUpstreams

pytestmark = pytest.mark.virtual_time

TROUBLES = {
    "none": InProcessUpstreams(),
    "a vendor that hangs": InProcessUpstreams(delays={"recommendations": 3600}),
    "a service that fails": InProcessUpstreams(faults={"users": UpstreamFailed("500")}),
    "everything late": InProcessUpstreams(delays=dict.fromkeys(("users", "messages", "todos", "notifications"), 1.5)),
}


@contextmanager
def cycles() -> Iterator[list[object]]:
    """What only the cycle collector could free, of what was made inside."""
    gc.collect()
    gc.disable()
    gc.set_debug(gc.DEBUG_SAVEALL)
    try:
        yield gc.garbage
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
        gc.enable()


@pytest.mark.parametrize("trouble", TROUBLES)
async def test_a_page_leaves_nothing_for_the_cycle_collector(trouble: str) -> None:
    async with landing(TROUBLES[trouble]) as client:
        await client.ask()
        await asyncio.sleep(15)  # until calls that were too late have ended
        with cycles() as found:
            await client.ask(viewer="2")
            await asyncio.sleep(15)
            gc.collect()
            kinds = Counter(f"{type(one).__module__}.{type(one).__qualname__}" for one in found)

    assert not {kind for kind in kinds if kind.startswith(("bff.", "graphql.", "aiodataloader", "_asyncio"))}, kinds
