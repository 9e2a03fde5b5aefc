"""Four processes, one cache, a thousand pages that all miss one key: the vendor is asked once (R9)."""

import asyncio
import os
import signal

import pytest

from tests.promises.dev_run import DevRun
from tests.promises.fleet import fleet, requests_of
from tests.promises.load import Page, many_pages, one_page
from tests.promises.processes_of import web_process
from tests.valkey import running_valkey

pytestmark = [pytest.mark.serial, pytest.mark.timeout(120)]

USER = "7"
DEADLINE = 0.3
ON_A_BUSY_MACHINE = 0.5
"""Seconds that a page may take besides: a thousand pages at once on two cores."""

GUARDS_THAT_WOULD_NOT_WAIT = {"BFF_RECOMMENDATIONS__WAITING__MODE": "report-only"}


async def pages_of_one_user(runs: "list[DevRun]", pages: int) -> list[Page]:
    """All at once, over all of the processes."""
    asking = (many_pages(run.url, [USER] * (pages // len(runs)), at_once=pages // len(runs) // 5) for run in runs)
    return [page for some in await asyncio.gather(*asking) for page in some]


async def test_r9_a_thousand_misses_over_four_processes_are_one_call() -> None:
    async with running_valkey() as valkey:
        with fleet(4, valkey.url, BFF_RECOMMENDATIONS__DEADLINE="3s") as runs:
            runs[0].tell("dev", "break", "recommendations", "slow", "1s")
            pages = await pages_of_one_user(list(runs), 1_000)
            calls = requests_of(runs[0], "recommendations")

    assert len(pages) == 1_000
    assert all(page.data["recommendations"] for page in pages)
    assert calls == 1


async def test_r9_when_the_holder_of_the_lease_is_killed_there_is_one_more_call_and_nobody_waits_longer() -> None:
    async with running_valkey() as valkey:
        with fleet(4, valkey.url, **GUARDS_THAT_WOULD_NOT_WAIT) as runs:
            first, *others = runs
            first.tell("dev", "break", "recommendations", "hang")
            holder = asyncio.create_task(many_pages(others[0].url, [USER], at_once=1))
            async with asyncio.timeout(10):
                while requests_of(first, "recommendations") == 0:  # noqa: ASYNC110 - asks
                    await asyncio.sleep(0.01)
            os.kill(web_process(others[0].process.pid), signal.SIGKILL)
            await asyncio.gather(holder, return_exceptions=True)
            first.tell("dev", "break", "recommendations", "slow", "100ms")
            left = [first, *others[1:]]
            pages = [page for _ in range(5) for page in await pages_of_one_user(left, 150)]
            async with asyncio.timeout(10):
                while not (last := await one_page(first.url, USER)).data["recommendations"]:  # noqa: ASYNC110 - asks
                    await asyncio.sleep(0.05)
            calls = requests_of(first, "recommendations")

    waits = [row["elapsedMs"] / 1000 for page in pages for row in page.rows if row["source"] == "recommendations"]
    assert max(waits) < DEADLINE + ON_A_BUSY_MACHINE
    assert {page.status for page in pages} == {200}
    assert all(page.data[section] for page in pages for section in ("viewer", "messages", "todos", "notifications"))
    assert last.states["recommendations"] in ("LIVE", "CACHED")
    assert calls == 2
