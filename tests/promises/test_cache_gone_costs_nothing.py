"""Whatever befalls the cache server, pages are as fast as without one (R2, R3, R4, R7)."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, suppress
from statistics import median
from typing import Any

import pytest
import redis.asyncio

from bff.lab.upstreams.services import SERVICES
from tests.promises.dev_run import DevRun, dev_run
from tests.promises.fleet import ONE_KEY, urls_of
from tests.promises.load import many_pages, percentile
from tests.servers.fault_proxy import fault_proxy
from tests.servers.sentinels import RunningSentinels, running_sentinels
from tests.valkey import running_valkey

pytestmark = [pytest.mark.serial, pytest.mark.long, pytest.mark.timeout(1200)]

ROUNDS = 7
PAGES = 500
AT_ONCE = 20
MOST_RATIO = 1.05

EACH_PAGE_THE_SAME = {
    f"BFF_{name.upper()}__{option}": value
    for name in SERVICES
    for option, value in {"TTL": "1ms", "REVALIDATE": "0", "BULKHEAD__LIMIT": "1000"}.items()
} | {**ONE_KEY}
"""Settings with which each looks up, asks for leases, waits for its upstreams, and fills."""

NONE, NONE_TOO = "none", "none too"
TROUBLES = ("down", "black hole", "full", "slow", "failing over")


@asynccontextmanager
async def troubles() -> AsyncIterator[tuple[Mapping[str, str], Callable[[], Awaitable[None]]]]:
    """A cache URL for each, and what makes them all happen."""
    async with AsyncExitStack() as stack:
        valkey = await stack.enter_async_context(running_valkey())
        full = await stack.enter_async_context(running_valkey(max_memory="3mb", eviction="noeviction"))
        down, hole, slow = [await stack.enter_async_context(fault_proxy(valkey.url)) for _ in range(3)]
        trio = await stack.enter_async_context(running_sentinels())

        async def begin() -> None:
            await down.refuse()
            hole.black_hole()
            slow.slow(0.2)
            await fill(full.url)

        urls = dict(zip(TROUBLES, (down.url, hole.url, full.url, slow.url, trio.url), strict=True))
        failing = asyncio.create_task(fails_over_again_and_again(trio))
        stack.callback(failing.cancel)
        yield urls, begin


async def fill(url: str) -> None:
    async with redis.asyncio.from_url(url) as client:
        number = 0
        with suppress(redis.exceptions.OutOfMemoryError):
            while True:
                number += 1
                await client.set(f"filler {number}", b"x" * 1_000)


async def fails_over_again_and_again(trio: RunningSentinels) -> None:
    """Every five seconds, for as long as the Sentinels let us."""
    while True:
        await asyncio.sleep(5)
        try:
            await trio.sentinels[0].ask("SENTINEL", "FAILOVER", "mymaster")
        except redis.exceptions.ResponseError:  # one is under way
            continue


async def test_r2_r3_r4_r7_a_cache_server_in_trouble_costs_what_none_costs() -> None:
    dice = random.Random(4)  # noqa: S311 - seeded, so that a run can be had again
    ratios: dict[str, list[float]] = {}
    failed: list[Any] = []
    async with troubles() as (urls, begin):
        with ExitStack() as stack:
            first = stack.enter_context(dev_run(BFF_CACHE_URL="memory://", **EACH_PAGE_THE_SAME))
            runs: dict[str, DevRun] = {NONE: first}
            for name, url in {NONE_TOO: "memory://", **urls}.items():
                runs[name] = stack.enter_context(dev_run(BFF_CACHE_URL=url, **urls_of(first), **EACH_PAGE_THE_SAME))
            await begin()
            for run in runs.values():
                await many_pages(run.url, [str(dice.randint(1, 1000)) for _ in range(PAGES)], at_once=AT_ONCE)
            for _ in range(ROUNDS):
                users = [str(dice.randint(1, 1000)) for _ in range(PAGES)]
                p99 = {}
                for name in dice.sample(list(runs), len(runs)):
                    pages = await many_pages(runs[name].url, users, at_once=AT_ONCE)
                    failed += [page for page in pages if page.status != 200 or "errors" in page.body]
                    p99[name] = percentile(pages, 0.99)
                for name in runs:
                    ratios.setdefault(name, []).append(p99[name] / p99[NONE])
                print({name: f"{seconds:.3f}" for name, seconds in p99.items()})

    for name in runs:
        print(f"p99 {name} ÷ p99 without a server: {median(ratios[name]):.3f}, median of {ROUNDS} rounds")
    assert failed == []
    assert max(median(ratios[name]) for name in TROUBLES) <= MOST_RATIO
