"""The second tier as one process sees it."""

import asyncio

import pytest

from bff.cache.patience import CACHE_DEADLINE, Patience
from bff.cache.second_tier import SecondTier
from bff.cache.shared import Fill, Release
from bff.events import CacheFailed, Event
from tests.cache.bench import at
from tests.cache.shared_in_memory import ServerGone, SharedInMemory

pytestmark = pytest.mark.virtual_time


def now() -> float:
    return asyncio.get_running_loop().time()


def asked(server: SharedInMemory) -> list[str]:
    return [operation for operation, _ in server.asked]


async def test_what_was_written_is_found_and_a_lease_is_taken_once() -> None:
    server, told = SharedInMemory(), list[Event]()
    second = SecondTier(server, told.append)
    taken = await second.take([at("a")], Patience())
    lease = taken[at("a")].lease
    assert lease is not None
    assert (await second.take([at("a")], Patience()))[at("a")].lease is None
    second.write(Fill(lease, b"v", 60))
    await asyncio.sleep(0.1)

    assert await second.get_many([at("a"), at("b")], Patience()) == {at("a"): b"v", at("b"): None}
    assert (await second.take([at("a")], Patience()))[at("a")].value == b"v"
    await second.close()
    assert told == []


async def test_whoever_has_no_patience_left_asks_nothing() -> None:
    server = SharedInMemory()
    second = SecondTier(server, lambda _: None)

    assert await second.get_many([at("a")], Patience(0)) == {}
    assert await second.take([at("a")], Patience(0)) == {}
    assert server.asked == []


async def test_r2_nobody_asks_a_server_that_did_not_answer_and_it_is_told_once() -> None:
    server, told = SharedInMemory(error=ServerGone()), list[Event]()
    second = SecondTier(server, told.append)
    for _ in range(3):
        assert await second.get_many([at("a")], Patience()) == {}

    assert not second.reachable
    assert asked(server) == ["read"]
    assert [event for event in told if isinstance(event, CacheFailed)] == [CacheFailed("read", "ServerGone")]
    await second.close()


async def test_r3_whoever_has_little_patience_left_waits_no_longer_and_the_lease_is_given_back() -> None:
    server = SharedInMemory(delay=0.04)
    second = SecondTier(server, lambda _: None)

    assert await second.take([at("a")], Patience(0.02)) == {}
    assert now() == pytest.approx(0.02)
    await asyncio.sleep(0.2)
    assert server.held(at("a")) is None
    assert asked(server) == ["take", "write"]
    await second.close()


async def test_what_is_not_given_to_anyone_leaves_others_their_leases() -> None:
    server = SharedInMemory(delay=0.04)
    server.leases[at("a")] = (3600, b"another's")
    second = SecondTier(server, lambda _: None)
    await second.take([at("a")], Patience(0.02))
    await asyncio.sleep(0.2)

    assert asked(server) == ["take"]
    await second.close()


async def test_closing_sends_what_waits_and_bounds_what_is_under_way() -> None:
    server = SharedInMemory()
    second = SecondTier(server, lambda _: None)
    [taken] = await server.take([at("a")])
    assert taken.lease is not None
    hanging = asyncio.create_task(second.forget([at("b")]))
    server.delay = 3600
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    server.delay = 0
    second.write(Release(taken.lease))
    before = now()
    await second.close()

    assert now() - before == pytest.approx(CACHE_DEADLINE)
    assert server.held(at("a")) is None
    await asyncio.gather(hanging, return_exceptions=True)


async def test_what_is_under_way_when_it_closes_is_waited_for() -> None:
    server = SharedInMemory(delay=CACHE_DEADLINE * 0.8)
    second = SecondTier(server, lambda _: None)
    await server.take([at("a")])
    forgetting = asyncio.create_task(second.forget_viewer("1"))
    await asyncio.sleep(0.001)
    await second.close()
    await forgetting

    assert server.generations == {}
