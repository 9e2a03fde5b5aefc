"""E4 in full: 2,000 slow and idle connections to a server with the usual settings."""

import asyncio
import time
from urllib.parse import urlsplit

import httpx
import pytest

from tests.edge.held_connections import held
from tests.serving.serving_process import serving

COUNT = 2_000
WITHIN = 15.0


@pytest.mark.long
@pytest.mark.serial
async def test_e4_2000_slow_and_idle_connections_are_closed_within_15_s_and_others_are_served_meanwhile() -> None:
    with serving() as one:
        where = urlsplit(one.page)
        holding = asyncio.create_task(held(where.hostname or "", where.port or 0, COUNT))
        answers, longest = 0, 0.0
        async with httpx.AsyncClient(timeout=5) as client:
            while not holding.done():
                began = time.monotonic()
                assert (await client.get(one.page)).status_code == 200
                longest = max(longest, time.monotonic() - began)
                answers += 1
                await asyncio.sleep(0.02)
        told = holding.result()
    assert sum(kind["count"] for kind in told.values()) == COUNT
    assert all(kind["closed"] == kind["count"] for kind in told.values()), told
    assert all(kind["longest_s"] < WITHIN for kind in told.values()), told
    assert answers > 200
    assert longest < 1
