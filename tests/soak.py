"""Hundreds of thousands of pages in one process, while what it asks breaks and mends at random: nothing may grow.

    python -m tests.soak upstreams --pages 200000 --seed 7
    python -m tests.soak cache

The app runs in this process, over real sockets: five simulated upstreams and a Valkey in processes of their own. Some
clients leave early. Prints as it goes; exits 1 where a promise is broken. Linux only: it reads /proc.
"""

import argparse
import asyncio
import gc
import logging
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Mapping
from statistics import linear_regression
from typing import Any, Final, Protocol

import orjson
from starlette.applications import Starlette

from bff import create_app, read_settings
from bff.lab.dev.rundir import DevState
from bff.lab.upstreams.control import ask as tell
from bff.schema import page
from bff.telemetry.metrics.exposition import Exposition
from tests.asgi_client import ask
from tests.page_client import LANDING, ByHeader
from tests.promises.dev_run import dev_run
from tests.promises.fleet import ONE_KEY, UNLIMITED
from tests.promises.processes_of import descriptors, resident
from tests.servers import proxy_process
from tests.servers.proxy_process import ProxyProcess

AT_ONCE: Final = 40
SWITCH_EVERY: Final = 0.5
WARM_UP: Final = 0.25
"""The share of the pages after which memory has to be flat."""

SAMPLES: Final = 40
GONE_WITHIN: Final = 15.0
"""Seconds after the end; a call that is cut off keeps its connection until its work bound."""

MOST_MEGABYTES: Final = 8.0
"""For each 100,000 pages."""

ODD: Final = 0.01
"""The share of pages whose operation has a name that no other has."""

MOST_SERIES: Final = 2_000
"""Lines that /metrics may have, whatever clients send."""

FEW: Final = 5
"""Descriptors: what the event loop itself opens."""

FAULTS: Final = (
    "slow 50ms",
    "slow 400ms",
    "slow 2s",
    "hang",
    "hang-body",
    "drip 20ms",
    "error 500",
    "error 503",
    "error 429",
    "error 401",
    "garbage",
    "html",
    "empty",
    "wrong-shape",
    "truncate",
    "reset",
    "refuse",
)


class Breaks(Protocol):
    """What breaks meanwhile."""

    async def switch(self, dice: random.Random) -> None:
        """Break something, or mend it."""

    async def mend(self) -> None:
        """Everything."""


class Upstreams:
    """Each on its own."""

    def __init__(self, state: DevState) -> None:
        self._upstreams = list(state.upstreams.values())

    async def switch(self, dice: random.Random) -> None:
        upstream = dice.choice(self._upstreams)
        fault = {"do": "break", "fault": dice.choice(FAULTS)}
        message: Mapping[str, Any] = {"do": "mend"} if dice.random() < 0.4 else fault
        await asyncio.to_thread(tell, str(upstream.control), message)

    async def mend(self) -> None:
        for upstream in self._upstreams:
            await asyncio.to_thread(tell, str(upstream.control), {"do": "mend"})


class CacheServer:
    """Behind a proxy."""

    def __init__(self, proxy: ProxyProcess) -> None:
        self._proxy = proxy

    async def switch(self, dice: random.Random) -> None:
        self._proxy.do("mend" if dice.random() < 0.4 else dice.choice(proxy_process.FAULTS))

    async def mend(self) -> None:
        self._proxy.do("mend")


class Soak:
    """One run: its dice, what it saw, and its samples of (pages, megabytes, descriptors)."""

    def __init__(self, pages: int, seed: int) -> None:
        self.pages = pages
        self.dice = random.Random(seed)  # noqa: S311 - seeded, so that a run can be had again
        self.statuses: Counter[int] = Counter()
        self.samples: list[tuple[int, float, int]] = []
        self.unseen: list[str] = []
        self.left = pages
        self.done = 0

    async def run(self, app: Starlette, breaks: Breaks) -> None:
        """All pages, with faults switching beside them; in the end everything is whole."""
        switching = asyncio.create_task(self._switch(breaks))
        await asyncio.gather(*(self._browser(app) for _ in range(AT_ONCE)))
        switching.cancel()
        await asyncio.gather(switching, return_exceptions=True)
        await breaks.mend()

    async def _browser(self, app: Starlette) -> None:
        while self.left > 0:
            self.left -= 1
            leaves = self.dice.uniform(0, 0.3) if self.dice.random() < 0.1 else None
            self.statuses[await self._page(app, leaves)] += 1
            self.done += 1
            if self.done % (self.pages // SAMPLES) == 0:
                self._sample(self.done)

    async def _page(self, app: Starlette, leaves: float | None) -> int:
        """Under a client's name of its own, and now and then an operation's: they must not become labels."""
        name = f"client-{self.dice.getrandbits(64):x}"
        body = LANDING.replace("LandingPage", f"Landing{self.dice.getrandbits(64):x}", 1)
        other = {"body": orjson.dumps({"query": body})} if self.dice.random() < ODD else {}
        headers = [(b"x-client-name", name.encode())]
        return await ask(app, str(self.dice.randint(1, 1000)), leaves_after=leaves, headers=headers, **other)

    async def _switch(self, breaks: Breaks) -> None:
        while True:
            await breaks.switch(self.dice)
            await asyncio.sleep(SWITCH_EVERY)

    def _sample(self, done: int) -> None:
        gc.collect()
        sample = (done, resident(os.getpid()), descriptors(os.getpid()))
        self.samples.append(sample)
        print(f"{time.strftime('%H:%M:%S')} {done:>7} pages, {sample[1]:.1f} MB, {sample[2]} descriptors", flush=True)

    def verdict(self, tasks_left: int, descriptors_before: int, descriptors_after: int, series: int) -> list[str]:
        """What was broken, a sentence each."""
        warm = [sample for sample in self.samples if sample[0] > self.pages * WARM_UP]
        slope = 100_000 * linear_regression([one[0] for one in warm], [one[1] for one in warm]).slope
        drift = 100_000 * linear_regression([one[0] for one in warm], [float(one[2]) for one in warm]).slope
        print(f"statuses {dict(self.statuses)}")
        print(f"per 100,000 pages: memory {slope:+.2f} MB, descriptors {drift:+.1f}")
        print(f"descriptors before {descriptors_before}, after {descriptors_after}; tasks left {tasks_left}")
        print(f"/metrics has {series} lines")
        broken = {
            f"memory grows by {slope:.1f} MB for each 100,000 pages": slope >= MOST_MEGABYTES,
            f"descriptors grow by {drift:.0f} for each 100,000 pages": drift >= 50,
            f"descriptors are left: {descriptors_after - descriptors_before}": descriptors_after
            > descriptors_before + 5,
            f"tasks are left: {tasks_left}": tasks_left > 0,
            f"/metrics has {series} lines": series > MOST_SERIES,
            f"errors that nobody saw: {self.unseen[:3]}": bool(self.unseen),
            f"pages failed: {dict(self.statuses)}": bool(set(self.statuses) - {200, 499}),
        }
        return [sentence for sentence, true in broken.items() if true]


async def soak(pages: int, seed: int, settings: Mapping[str, str], breaks: Breaks) -> list[str]:
    """Run, close, look at what is left."""
    run = Soak(pages, seed)
    asyncio.get_running_loop().set_exception_handler(lambda _, context: run.unseen.append(str(context)))
    app = create_app(page, read_settings(page, {**settings, **ONE_KEY, **UNLIMITED}), identify=ByHeader())
    before = descriptors(os.getpid())
    async with app.router.lifespan_context(app):
        await run.run(app, breaks)
        text, _ = Exposition()([("0", app.state.telemetry.snapshot())], None)
    gc.collect()
    until = time.monotonic() + GONE_WITHIN
    while descriptors(os.getpid()) > before + FEW and time.monotonic() < until:  # noqa: ASYNC110 - the kernel tells nobody
        await asyncio.sleep(0.1)
    left = asyncio.all_tasks() - {asyncio.current_task()}
    return run.verdict(len(left), before, descriptors(os.getpid()), text.count(b"\n"))


def _settings(state: DevState, cache_url: str) -> dict[str, str]:
    """Values expire and breakers move within seconds, so that everything happens often."""
    settings = {"BFF_CACHE_URL": cache_url}
    for name, upstream in state.upstreams.items():
        own = {
            "URL": upstream.url,
            "TTL": "2s",
            "REVALIDATE": "1s",
            "STALE": "5s",
            "BREAKER__WINDOW": "2s",
            "BREAKER__SLEEP": "1s",
        }
        settings |= {f"BFF_{name.upper()}__{option}": value for option, value in own.items()}
    return settings


def main() -> int:
    """The exit code."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("breaks", choices=("upstreams", "cache"))
    options.add_argument("--pages", type=int, default=200_000)
    options.add_argument("--seed", type=int, default=7)
    given = options.parse_args()
    if sys.platform != "linux":
        print("needs Linux: memory and descriptors are read from /proc")
        return 1
    logging.getLogger("bff").setLevel(logging.CRITICAL)
    with dev_run(**ONE_KEY) as dev, proxy_process.proxy_process(dev.state.cache_url) as proxy:
        breaks = Upstreams(dev.state) if given.breaks == "upstreams" else CacheServer(proxy)
        url = dev.state.cache_url if given.breaks == "upstreams" else proxy.url
        broken = asyncio.run(soak(given.pages, given.seed, _settings(dev.state, url), breaks))
    for sentence in broken:
        print(f"BROKEN: {sentence}")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
