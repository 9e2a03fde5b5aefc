"""Users who come whether or not the pages before are there: so many a second, from a thread."""

import asyncio
import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from tests.promises.load import Browser, browser

USERS: Final = 1_000


@dataclass
class Load:
    """What came of it."""

    pages: int = 0
    failed: int = 0


@contextmanager
def open_load(url: str, a_second: float) -> Iterator[Load]:
    """Random users of `bff dev`, until the block ends."""
    load, stop = Load(), threading.Event()
    thread = threading.Thread(target=lambda: asyncio.run(_users(url, a_second, load, stop)), name="load")
    thread.start()
    try:
        yield load
    finally:
        stop.set()
        thread.join()


async def _users(url: str, a_second: float, load: Load, stop: threading.Event) -> None:
    dice = random.Random(5)  # noqa: S311 - seeded, so that a run can be had again
    async with browser(url) as page, asyncio.TaskGroup() as visits:
        while not stop.is_set():
            visits.create_task(_visit(page, str(dice.randint(1, USERS)), load))
            await asyncio.sleep(dice.expovariate(a_second))


async def _visit(page: Browser, user: str, load: Load) -> None:
    load.pages += 1
    try:
        load.failed += (await page(user)).status != 200
    except Exception:  # whatever a client can meet with is a page that failed
        load.failed += 1
