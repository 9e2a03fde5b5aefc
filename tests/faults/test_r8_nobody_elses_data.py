"""Half replies, stray ones, garbage, commands cut off, 200 users at once: each sees their own page, or misses."""

import asyncio
from random import Random
from typing import Any

import pytest

from tests.faults.cached_landing import Process, cached_for_all, process_at
from tests.faults.survived import healthy_page
from tests.servers.fault_proxy import FaultProxy, fault_proxy
from tests.servers.valkey_server import running_server

USERS = [str(user) for user in range(1, 201)]
ROUNDS = 4

SECTIONS = ("viewer", "messages", "todos", "notifications", "recommendations")
AMPLE = {f"BFF_{name}__BULKHEAD__LIMIT": "1000" for name in ("USERS", "MESSAGES", "TODOS", "NOTIFICATIONS")} | {
    "BFF_RECOMMENDATIONS__BULKHEAD__LIMIT": "1000"
}


def switch(proxy: FaultProxy, dice: Random) -> None:
    """To some fault, or none."""
    match dice.randint(0, 7):
        case 0:
            proxy.half_reply(dice.randint(1, 4_000))
        case 1:
            proxy.garbage()
        case 2:
            proxy.stray(dice.choice([b"+OK\r\n", b"$-1\r\n", b"*1\r\n$5\r\nwrong\r\n", b":1\r\n"]))
        case 3:
            proxy.slow(dice.uniform(0, 0.08))
        case 4:
            proxy.cut()
        case 5:
            proxy.black_hole()
        case _:
            proxy.mend()


async def sees_only_their_own(process: Process, user: str) -> None:
    """What is on the page is what is on that user's page when all is well."""
    answer = await process.client.ask(viewer=user)
    assert answer.status == 200
    assert "errors" not in answer.body
    healthy = healthy_page(user)
    for section in SECTIONS:
        assert_nothing_else(answer.page[section], healthy[section])


def assert_nothing_else(found: Any, healthy: Any) -> None:
    """Anything may be missing, as a busy machine may make it; what there is has to be the same."""
    match found:
        case None:
            pass
        case dict():
            for name, value in found.items():
                assert_nothing_else(value, healthy[name])
        case list():
            assert len(found) == len(healthy)
            for value, expected in zip(found, healthy, strict=True):
                assert_nothing_else(value, expected)
        case _:
            assert found == healthy


@pytest.mark.timeout(120)
async def test_r8_no_user_ever_sees_anothers_data() -> None:
    dice = Random(8)  # noqa: S311 - seeded, so that a run can be had again
    quick = {f"BFF_{name}__TTL": "200ms" for name in ("USERS", "MESSAGES", "TODOS", "NOTIFICATIONS")}
    async with running_server() as server, fault_proxy(server.url) as proxy:
        await cached_for_all(server.url, USERS)
        async with process_at(proxy.url, quick | AMPLE) as one, process_at(proxy.url, quick | AMPLE) as other:
            for _ in range(ROUNDS):
                pages = [
                    asyncio.create_task(sees_only_their_own(dice.choice([one, other]), user))
                    for user in dice.sample(USERS, 60)
                ]
                while not all(page.done() for page in pages):
                    switch(proxy, dice)
                    await asyncio.wait(pages, timeout=0.03)
                await asyncio.gather(*pages)
            proxy.mend()
            await asyncio.sleep(1)
            await asyncio.gather(*(sees_only_their_own(one, user) for user in USERS))
