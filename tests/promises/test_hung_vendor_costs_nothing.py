"""From the second breaker window on, a vendor that hangs costs a page what a vendor that is switched off costs it."""

import asyncio
import sys
from collections import Counter
from statistics import median

import pytest

from bff.lab.upstreams.control import ask
from tests.promises.dev_run import DevRun, dev_run
from tests.promises.load import many_pages, one_page, percentile
from tests.promises.processes_of import resident, web_process

pytestmark = [
    pytest.mark.serial,
    pytest.mark.long,
    pytest.mark.timeout(900),
    pytest.mark.skipif(sys.platform != "linux", reason="looks at processes by /proc"),
]

USERS = [str(user) for user in range(1, 1001)]
ROUNDS = 9
WINDOW, SLEEP = 10.0, 5.0
MOST_RATIO = 1.05

CORE_FROM_THE_CACHE = {f"BFF_{name}__TTL": "1h" for name in ("USERS", "MESSAGES", "TODOS", "NOTIFICATIONS")}
OFF = {"BFF_RECOMMENDATIONS__ENABLED": "off"}


def calls_of_the_vendor(run: DevRun) -> int:
    control = run.state.upstreams["recommendations"].control
    assert control is not None
    requests: int = ask(control, {"do": "stats"})["requests"]
    return requests


async def two_windows_pass(run: DevRun) -> None:
    clock = asyncio.get_running_loop().time
    until = clock() + 2 * WINDOW
    while clock() < until:
        await many_pages(run.url, USERS[:50], at_once=50)


async def test_u3_a_vendor_that_hangs_costs_what_one_that_is_switched_off_costs() -> None:
    clock = asyncio.get_running_loop().time
    with (
        dev_run(**CORE_FROM_THE_CACHE) as hung,
        dev_run(**CORE_FROM_THE_CACHE, **OFF) as off,
        dev_run(**CORE_FROM_THE_CACHE, **OFF) as off_too,
    ):
        hung.tell("dev", "break", "recommendations", "hang")
        for run in (hung, off, off_too):
            await many_pages(run.url, USERS, at_once=50)
        await two_windows_pass(hung)

        web = web_process(hung.process.pid)
        began, calls = clock(), calls_of_the_vendor(hung)
        against_off, off_against_off, memory, states = [], [], [], Counter[str]()
        for number in range(ROUNDS):
            p99 = {}
            for run in ((hung, off, off_too), (off_too, hung, off), (off, off_too, hung))[number % 3]:
                pages = await many_pages(run.url, USERS * 2, at_once=50)
                p99[run.port] = percentile(pages, 0.99)
                assert not [page for page in pages if page.status != 200 or "errors" in page.body]
                if run is hung:
                    states += Counter(page.states["recommendations"] for page in pages)
            memory.append(resident(web))
            against_off.append(p99[hung.port] / p99[off.port])
            off_against_off.append(p99[off_too.port] / p99[off.port])
            print(f"p99 hung {p99[hung.port]:.3f} s, off {p99[off.port]:.3f} s, off too {p99[off_too.port]:.3f} s")
        attempts = calls_of_the_vendor(hung) - calls
        probes = (clock() - began) / SLEEP + 1
        grown = max(memory[-3:]) - max(memory[:3])

        hung.tell("dev", "mend", "recommendations")
        mended = clock()
        while (await one_page(hung.url, "7")).states["recommendations"] not in ("LIVE", "CACHED"):  # noqa: ASYNC110 - asks
            await asyncio.sleep(0.1)
        back_after = clock() - mended

    print(f"hung ÷ off {median(against_off):.3f}, off ÷ off {median(off_against_off):.3f}, medians of {ROUNDS} rounds")
    print(f"{attempts} attempts, at most {probes:.1f} probes; memory {grown:+.1f} MB; back after {back_after:.1f} s")
    print(f"recommendations of those pages: {dict(states)}")
    assert median(against_off) <= MOST_RATIO
    assert attempts <= 1.2 * probes
    assert grown < 2
    assert back_after <= WINDOW
