"""Four processes, one cache, a thousand pages that all miss one key: the vendor is asked once (R9)."""

import asyncio
import os
import signal
from collections.abc import Sequence

import pytest

from tests.promises.dev_run import DevRun
from tests.promises.fleet import fleet, requests_of
from tests.promises.load import Page, many_pages
from tests.promises.processes_of import web_process
from tests.valkey import running_valkey

pytestmark = [pytest.mark.serial, pytest.mark.timeout(120)]

SECTIONS = ("viewer", "messages", "todos", "notifications", "recommendations")

DEADLINE = 2.5
ON_A_BUSY_MACHINE = 0.5
"""Seconds that a section may take besides: hundreds of pages at once on two cores."""

PATIENT = {"BFF_RECOMMENDATIONS__DEADLINE": "2500ms", "BFF_RECOMMENDATIONS__WAITING__MODE": "report-only"}


async def pages_of(user: str, runs: Sequence[DevRun], pages: int) -> list[Page]:
    """All of one user, at once, over all of the processes."""
    asking = (many_pages(run.url, [user] * (pages // len(runs)), at_once=pages // len(runs) // 5) for run in runs)
    return [page for some in await asyncio.gather(*asking) for page in some]


async def test_r9_a_thousand_misses_over_four_processes_are_one_call_and_one_more_when_its_process_is_killed() -> None:
    async with running_valkey() as valkey:
        with fleet(4, valkey.url, **PATIENT) as runs:
            await a_thousand_misses_are_one_call(runs)
            await one_more_when_the_holder_is_killed(runs)


async def a_thousand_misses_are_one_call(runs: Sequence[DevRun]) -> None:
    runs[0].tell("dev", "break", "recommendations", "slow", "1s")
    pages = await pages_of("7", runs, 1_000)

    assert len(pages) == 1_000
    assert all(page.data["recommendations"] for page in pages)
    assert requests_of(runs[0], "recommendations") == 1


async def one_more_when_the_holder_is_killed(runs: Sequence[DevRun]) -> None:
    first, holder, *others = runs
    first.tell("dev", "break", "recommendations", "hang")
    asking = asyncio.create_task(many_pages(holder.url, ["8"], at_once=1))
    async with asyncio.timeout(10):
        while requests_of(first, "recommendations") == 1:  # noqa: ASYNC110 - asks
            await asyncio.sleep(0.01)
    os.kill(web_process(holder.process.pid), signal.SIGKILL)
    await asyncio.gather(asking, return_exceptions=True)
    first.tell("dev", "break", "recommendations", "slow", "100ms")
    pages = await pages_of("8", [first, *others], 300)

    waits = [row["elapsedMs"] / 1000 for page in pages for row in page.rows if row["source"] == "recommendations"]
    assert max(waits) < DEADLINE + ON_A_BUSY_MACHINE
    assert all(page.data[section] for page in pages for section in SECTIONS)
    assert requests_of(first, "recommendations") == 3
