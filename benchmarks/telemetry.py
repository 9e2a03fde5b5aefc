"""What telemetry costs: CPU of the process for each page, all of it against none, in one run.

python -m benchmarks.telemetry

The app runs in this process, over real sockets: five simulated upstreams in processes of their own, and an OTLP
collector that takes everything. Rounds of every kind are interleaved at random, and `off` stands twice, which tells the
spread. Threads are given time to do their part: it is counted.
"""

import asyncio
import gc
import os
import random
import time
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from statistics import quantiles
from typing import Final

import uvloop
from starlette.applications import Starlette

from bff import create_app, read_settings
from bff.schema import page
from bff.telemetry.log.logging_to import logging_to
from bff.web.serving.page_server import COLLECT_AFTER
from tests.asgi_client import ask
from tests.page_client import ByHeader
from tests.promises.dev_run import DevRun, dev_run
from tests.promises.fleet import ONE_KEY, UNLIMITED
from tests.servers.collector_process import collector_process

ROUNDS: Final = 25
PAGES: Final = 100
"""In each round, of each kind, all for users of their own."""

AT_ONCE: Final = 5

SETTLES: Final = 1.1
"""Seconds in which threads have written and sent what the round left them: theirs is CPU as well."""

NONE: Final = {
    "BFF_METRICS__ENABLED": "off",
    "BFF_WATERFALL": "off",
    "BFF_LOG__HEALTHY": "0",
}
EVERYTHING: Final = {"BFF_SERVER_TIMING": "on"}
TRACED: Final = {**EVERYTHING, "BFF_TRACES__SHARE": "100%"}


@dataclass(frozen=True)
class Kind:
    """One way to run the app, and where its values come from."""

    name: str
    settings: Mapping[str, str]


def kinds(collector: str) -> list[Kind]:
    traces = {"BFF_TRACES__ENDPOINT": collector}
    return [
        Kind("off", NONE),
        Kind("off again", NONE),
        Kind("on, tracer off", EVERYTHING),
        Kind("on, 10 % traced", {**EVERYTHING, **traces}),
        Kind("on, all traced", {**TRACED, **traces}),
    ]


async def microseconds(app: Starlette, at_once: int) -> float:
    """Of CPU for a page."""
    users = iter([str(1 + number) for number in range(PAGES)])

    async def browser() -> None:
        for user in users:
            assert await ask(app, user) == 200

    started = time.process_time()
    await asyncio.gather(*(browser() for _ in range(at_once)))
    await asyncio.sleep(SETTLES)
    return (time.process_time() - started) / PAGES * 1e6


def lower_quartile(rounds: Sequence[float]) -> float:
    """What else the machine does only ever adds."""
    return quantiles(rounds, n=4)[0]


async def compared(run: DevRun, collector: str, ttl: str, at_once: int) -> None:
    """Each kind against `off`."""
    spent: dict[str, list[float]] = {kind.name: [] for kind in kinds(collector)}
    async with AsyncExitStack() as stack:
        apps = {}
        for kind in kinds(collector):
            settings = {f"BFF_{name.upper()}__TTL": ttl for name in run.state.upstreams}
            settings |= {f"BFF_{name.upper()}__URL": one.url for name, one in run.state.upstreams.items()}
            app = create_app(
                page,
                read_settings(page, {**settings, **dict(kind.settings), **ONE_KEY, **UNLIMITED}),
                identify=ByHeader(),
            )
            await stack.enter_async_context(app.router.lifespan_context(app))
            apps[kind.name] = app
            await microseconds(app, at_once)
        as_a_server_does()
        for _ in range(ROUNDS):
            for name, app in random.sample(list(apps.items()), len(apps)):
                spent[name].append(await microseconds(app, at_once))
    base = lower_quartile(spent["off"])
    for name, each in spent.items():
        least = lower_quartile(each)
        print(f"  {name:<20} {least:7.0f} µs a page   ÷ off {least / base:.3f}", flush=True)


def as_a_server_does() -> None:
    """What lives as long as the process is not looked through for cycles again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)


async def main() -> None:
    with (
        open(os.devnull, "w") as nowhere,  # noqa: ASYNC230, PTH123 - once, at the start
        logging_to(nowhere, format="json"),
        dev_run(**ONE_KEY) as run,
        collector_process() as collector,
    ):
        print("from the cache:")
        await compared(run, collector, "1h", AT_ONCE)
        print("asked upstream each time:")
        await compared(run, collector, "0", PAGES)


if __name__ == "__main__":
    uvloop.run(main())
