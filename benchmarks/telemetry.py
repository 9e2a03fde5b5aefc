"""What telemetry costs: CPU of the process for each page, all of it against none, in one run.

python -m benchmarks.telemetry

The app runs in this process, over real sockets: five simulated upstreams in processes of their own, and an OTLP
collector that takes everything. Rounds of every kind are interleaved; `off` stands twice, which tells the spread.
"""

import asyncio
import os
import time
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from statistics import median
from typing import Final

import uvloop
from starlette.applications import Starlette

from bff import create_app, read_settings
from bff.schema import page
from bff.telemetry.log.logging_to import logging_to
from tests.asgi_client import ask
from tests.page_client import ByHeader
from tests.promises.dev_run import DevRun, dev_run
from tests.servers.collector_process import collector_process

ROUNDS: Final = 15
PAGES: Final = 200
AT_ONCE: Final = 8
USERS: Final = 100

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
        Kind("metrics", {**NONE, "BFF_METRICS__ENABLED": "on"}),
        Kind("kept for /debug/requests", {**NONE, "BFF_WATERFALL": "on"}),
        Kind("on, tracer off", EVERYTHING),
        Kind("on, 10 % traced", {**EVERYTHING, **traces}),
        Kind("on, all traced", {**TRACED, **traces}),
    ]


async def microseconds(app: Starlette) -> float:
    """Of CPU for a page."""
    users = iter([str(1 + number % USERS) for number in range(PAGES)])

    async def browser() -> None:
        for user in users:
            assert await ask(app, user) == 200

    started = time.process_time()
    await asyncio.gather(*(browser() for _ in range(AT_ONCE)))
    return (time.process_time() - started) / PAGES * 1e6


async def compared(run: DevRun, collector: str, ttl: str) -> None:
    """Each kind against `off` of the same round."""
    spent: dict[str, list[float]] = {kind.name: [] for kind in kinds(collector)}
    async with AsyncExitStack() as stack:
        apps = {}
        for kind in kinds(collector):
            settings = {f"BFF_{name.upper()}__TTL": ttl for name in run.state.upstreams}
            settings |= {f"BFF_{name.upper()}__URL": one.url for name, one in run.state.upstreams.items()}
            app = create_app(page, read_settings(page, settings | dict(kind.settings)), identify=ByHeader())
            await stack.enter_async_context(app.router.lifespan_context(app))
            apps[kind.name] = app
            await microseconds(app)
        for _ in range(ROUNDS):
            for name, app in apps.items():
                spent[name].append(await microseconds(app))
    for name, each in spent.items():
        ratios = [one / base for one, base in zip(each, spent["off"], strict=True)]
        print(f"  {name:<26} {median(each):7.0f} µs a page   ÷ off {median(ratios):.3f}")


async def main() -> None:
    with (
        open(os.devnull, "w") as nowhere,  # noqa: ASYNC230, PTH123 - once, at the start
        logging_to(nowhere, format="json"),
        dev_run() as run,
        collector_process() as collector,
    ):
        print("from the cache:")
        await compared(run, collector, "1h")
        print("asked upstream each time:")
        await compared(run, collector, "0")


if __name__ == "__main__":
    uvloop.run(main())
