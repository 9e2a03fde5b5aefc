"""For minutes, not examples: every case that is objected to is printed as it would be added to `found.py`."""

import argparse
import asyncio
import gc
import logging
import secrets
import sys
import time
from collections import Counter

from hypothesis import HealthCheck, Phase, given, seed, settings
from starlette.applications import Starlette

from tests.fuzz.edge import app_under_test, ask, healthy, objections
from tests.fuzz.requests import Sent, requests

ROUND = 2_000
DEAR = 0.05
"""Seconds of CPU that are worth a look (E2)."""

USUAL = 5.0
"""A healthy page after each round may take so many times its time at the beginning: the machine has other work."""


def main() -> int:
    """0 where nothing was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=secrets.randbits(32))
    options = parser.parse_args()
    logging.disable(logging.CRITICAL)
    gc.disable()  # what is thrown makes many objects, and looking through them is no part of an answer
    ends = time.monotonic() + options.minutes * 60
    print(f"seed {options.seed}, {options.minutes:g} minutes", flush=True)
    with asyncio.Runner() as runner:
        app = app_under_test()
        runner.run(_opened(app))
        statuses: Counter[int] = Counter()
        slowest, number = 0.0, 0
        usual = min(_healthy(runner, app) for _ in range(20))
        while time.monotonic() < ends:
            slowest = max(slowest, _round(runner, app, options.seed + number, statuses, ends))
            number += 1
            gc.collect()
            now = min(_healthy(runner, app) for _ in range(20))
            print(
                f"{sum(statuses.values()):8} requests, dearest {slowest:.3f} s of CPU, healthy {now * 1000:.1f} ms "
                f"(at first {usual * 1000:.1f}), {dict(sorted(statuses.items()))}",
                flush=True,
            )
            if now > USUAL * usual:
                print("a healthy page has become slow")
                return 1
    return 0


async def _opened(app: Starlette) -> None:
    await app.router.lifespan_context(app).__aenter__()


def _healthy(runner: asyncio.Runner, app: Starlette) -> float:
    outcome = runner.run(ask(app, healthy()))
    assert outcome.status == 200, outcome
    return outcome.seconds


def _round(runner: asyncio.Runner, app: Starlette, number: int, statuses: Counter[int], ends: float) -> float:
    """The slowest of them, in seconds. Raises where something is found."""
    slowest = 0.0

    @seed(number)
    @settings(
        max_examples=ROUND,
        deadline=None,
        database=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    @given(requests)
    def throw(sent: Sent) -> None:
        nonlocal slowest
        if time.monotonic() > ends:
            return
        outcome = runner.run(ask(app, sent))
        statuses[outcome.status] += 1
        if outcome.cpu > DEAR:
            print(f"{outcome.cpu:.3f} s of CPU: {sent!r:.600}", flush=True)
        slowest = max(slowest, outcome.cpu)
        assert not objections(outcome), (sent, objections(outcome))

    throw()
    return slowest


if __name__ == "__main__":
    sys.exit(main())
