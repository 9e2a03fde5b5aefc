"""The cache dies, comes back, or holds garbage: no page fails."""

import asyncio
import os
import signal

import pytest
import redis.asyncio

from tests.promises.dev_run import dev_run
from tests.promises.load import many_pages, one_page
from tests.valkey import running_valkey

pytestmark = pytest.mark.timeout(120)

USERS = [str(user) for user in range(1, 201)]


async def test_r2_a_cache_that_is_killed_under_load_fails_no_page() -> None:
    async with running_valkey() as valkey:
        with dev_run(BFF_CACHE_URL=valkey.url, BFF_RECOMMENDATIONS__DEADLINE="1s") as run:
            asking = asyncio.create_task(many_pages(run.url, USERS, at_once=10))
            await asyncio.sleep(1)
            os.kill(valkey.child.pid, signal.SIGKILL)
            pages = await asking
            await valkey.child.ended

    assert len(pages) == len(USERS)
    assert {page.status for page in pages} == {200}
    assert not [page for page in pages if "errors" in page.body]
    assert all(page.data[section] for page in pages for section in ("viewer", "messages", "todos", "notifications"))


async def test_r6_corrupted_values_fail_no_page_and_are_replaced() -> None:
    async with running_valkey() as valkey, redis.asyncio.from_url(valkey.url) as cache:
        with dev_run(BFF_CACHE_URL=valkey.url) as run:
            await one_page(run.url, "7")
            keys = await _keys_of(cache, "7")
            for key in keys:
                await cache.set(key, b"\x80\x04garbage")
            page = await one_page(run.url, "7")
            await _until_replaced(cache, keys)
            again = await one_page(run.url, "7")

    assert set(page.states.values()) == {"LIVE"}
    assert set(again.states.values()) == {"CACHED"}


async def _until_replaced(cache: "redis.asyncio.Redis", keys: list[bytes]) -> None:
    """Values are written after the page was answered."""
    async with asyncio.timeout(5):
        while any(value is None or b"garbage" in value for value in await cache.mget(keys)):
            continue


async def _keys_of(cache: "redis.asyncio.Redis", viewer: str) -> list[bytes]:
    """Once the page's values have been written, which is after it was answered."""
    async with asyncio.timeout(5):
        while len(keys := [key async for key in cache.scan_iter(f"bff:1:{{{viewer}}}:*")]) < 7:
            continue
    return keys
