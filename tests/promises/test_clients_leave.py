"""Thousands of clients close the socket early; the page after them is whole (traps 5 and 6)."""

import asyncio
import random

import pytest

from tests.promises.dev_run import DevRun, dev_run
from tests.promises.load import BODY, Page, one_page

pytestmark = [pytest.mark.serial, pytest.mark.timeout(180)]

PAGES = 6_000
AT_ONCE = 30
WINDOW = 10
"""Seconds: the breakers'."""


async def leave_early(port: int, user: str, after: float) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    head = f"POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\nx-dev-user: {user}\r\n"
    writer.write(f"{head}content-length: {len(BODY)}\r\n\r\n".encode() + BODY)
    await asyncio.sleep(after)
    writer.transport.abort()


async def clients_that_leave(run: DevRun, pages: int) -> None:
    """While the vendor hangs; then it is healthy again."""
    dice = random.Random(6)  # noqa: S311 - seeded, so that a failure can be had again
    departures = iter([(str(dice.randint(1, 1000)), dice.uniform(0, 0.25)) for _ in range(pages)])

    async def clients() -> None:
        for user, after in departures:
            await leave_early(run.port, user, after)

    run.tell("dev", "break", "recommendations", "hang")
    await asyncio.gather(*(clients() for _ in range(AT_ONCE)))
    run.tell("dev", "mend")


def is_whole(page: Page) -> bool:
    return (
        page.status == 200
        and "errors" not in page.body
        and all(page.data[section] for section in ("viewer", "messages", "todos", "notifications", "recommendations"))
    )


@pytest.mark.parametrize("pages", [PAGES // 4, pytest.param(PAGES, marks=pytest.mark.long)])
async def test_s2_the_page_after_thousands_of_clients_that_left_is_whole(pages: int) -> None:
    """Breaker and waiting only report here: they would rightly keep the very next page from a vendor that hung."""
    guards = ("BFF_RECOMMENDATIONS__BREAKER__MODE", "BFF_RECOMMENDATIONS__WAITING__MODE")
    with dev_run(**dict.fromkeys(guards, "report-only")) as run:
        await clients_that_leave(run, pages)
        page = await one_page(run.url, "1000")

    assert is_whole(page)


@pytest.mark.long
async def test_s2_with_every_guard_in_force_pages_are_whole_within_a_window() -> None:
    with dev_run() as run:
        await clients_that_leave(run, PAGES // 4)
        async with asyncio.timeout(WINDOW):
            while not is_whole(await one_page(run.url, "1000")):  # noqa: ASYNC110 - asks
                await asyncio.sleep(0.1)
