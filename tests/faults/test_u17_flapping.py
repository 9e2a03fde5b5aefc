"""U17 over sockets: half of an upstream's connections are reset. Our retries must not make it worse."""

import asyncio
import itertools
from collections import Counter

from tests.faults.landing_over_sockets import BUSY_MACHINE, WINDOW, landing_over_sockets
from tests.faults.survived import Loss, assert_recovers, assert_stands, each_source, healthy_page
from tests.faults.switchable_upstream import SwitchableUpstream
from tests.transport.raw_server import resets_after

FIRST_ATTEMPTS = 60
AT_ONCE = 10


class Flaps:
    """Resets every other request."""

    def __init__(self, upstream: SwitchableUpstream) -> None:
        self._upstream = upstream
        self._turns = itertools.cycle((upstream.healthy, resets_after(b"")))

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await next(self._turns)(reader, writer)


@each_source
async def test_u17_every_page_stands_and_few_calls_are_made_twice(name: str) -> None:
    loss = Loss(name, ("UPSTREAM_ERROR", "BREAKER_OPEN"))
    async with landing_over_sockets() as landing:
        upstream = landing.upstreams[name]
        viewers = map(str, itertools.count(1))
        async with upstream.playing(Flaps(upstream), goes_on=True), asyncio.timeout(30):
            while len(Counter(upstream.targets)) < FIRST_ATTEMPTS:
                some = list(itertools.islice(viewers, AT_ONCE))
                pages = await asyncio.gather(*(landing.client.ask(viewer=viewer) for viewer in some))
                for viewer, page in zip(some, pages, strict=True):
                    assert_stands(page, healthy_page(viewer), loss)
        asked = Counter(upstream.targets)
        await assert_recovers(landing.client, some[-1], within=WINDOW + BUSY_MACHINE, last=pages[-1])
    assert asked.total() / len(asked) <= 1.2, "attempts by first attempts"
