"""Thousands of clients close the socket early; the page after them is whole (traps 5 and 6)."""

import asyncio
import random

import pytest

from tests.promises.dev_run import dev_run
from tests.promises.load import BODY, one_page

pytestmark = [pytest.mark.serial, pytest.mark.timeout(180)]

PAGES = 6_000
AT_ONCE = 30


async def leave_early(port: int, user: str, after: float) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    head = f"POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\nx-dev-user: {user}\r\n"
    writer.write(f"{head}content-length: {len(BODY)}\r\n\r\n".encode() + BODY)
    await asyncio.sleep(after)
    writer.transport.abort()


async def test_the_page_after_six_thousand_clients_that_left_is_whole() -> None:
    dice = random.Random(6)  # noqa: S311 - seeded, so that a failure can be had again
    departures = iter([(str(dice.randint(1, 1000)), dice.uniform(0, 0.25)) for _ in range(PAGES)])

    async def clients(port: int) -> None:
        for user, after in departures:
            await leave_early(port, user, after)

    with dev_run() as run:
        run.tell("dev", "break", "recommendations", "hang")
        await asyncio.gather(*(clients(run.port) for _ in range(AT_ONCE)))
        run.tell("dev", "mend")
        page = await one_page(run.url, "1000")

    assert page.status == 200
    assert "errors" not in page.body
    assert all(page.data[section] for section in ("viewer", "messages", "todos", "notifications", "recommendations"))
