"""R8: whatever mixes up replies, no value reaches another's address."""

import asyncio
from collections.abc import AsyncIterator, Callable
from random import Random

import pytest

from bff.cache.redis.store import RedisShared
from tests.cache.redis.using import at, fill, leased, store_at, works_again
from tests.servers.fault_proxy import FaultProxy, fault_proxy
from tests.servers.valkey_server import Server, running_server

SECRETS = {at(str(viewer)): f"secret of {viewer}".encode() for viewer in range(200)}


@pytest.fixture(scope="module")
async def server() -> AsyncIterator[Server]:
    async with running_server() as server, store_at(server.url) as store:
        await fill(store, SECRETS)
        yield server


@pytest.fixture
async def proxy(server: Server) -> AsyncIterator[FaultProxy]:
    async with fault_proxy(server.url) as proxy:
        yield proxy


@pytest.fixture
async def store(proxy: FaultProxy) -> AsyncIterator[RedisShared]:
    async with store_at(proxy.url) as store:
        yield store


async def _look(store: RedisShared, addresses: list[str], patience: float) -> None:
    """What is found is right; it may be nothing, or fail."""
    try:
        async with asyncio.timeout(patience):
            found = await store.get_many(addresses)
    except Exception:
        return
    for address, value in zip(addresses, found, strict=True):
        assert value in (None, SECRETS[address])


async def _everybody_looks(store: RedisShared) -> None:
    dice = Random(8)  # noqa: S311 - no secret
    addresses = list(SECRETS)
    looks = [_look(store, dice.sample(addresses, dice.randint(1, 3)), 0.0002 * (n % 40)) for n in range(200)]
    await asyncio.gather(*looks)


async def test_r8_commands_that_are_cancelled_leave_no_reply_for_the_next_one(store: RedisShared) -> None:
    for _ in range(10):
        await _everybody_looks(store)

    assert await store.get_many([*SECRETS]) == [*SECRETS.values()]


FAULTS: dict[str, Callable[[FaultProxy], None]] = {
    "half a reply": lambda proxy: proxy.half_reply(30),
    "no reply": lambda proxy: proxy.half_reply(0),
    "garbage": lambda proxy: proxy.garbage(),
    "a stray nil": lambda proxy: proxy.stray(b"$-1\r\n"),
    "a stray OK": lambda proxy: proxy.stray(b"+OK\r\n"),
    "a stray array": lambda proxy: proxy.stray(b"*2\r\n$8\r\n12345678\r\n$-1\r\n"),
    "a stray error": lambda proxy: proxy.stray(b"-ERR no idea\r\n"),
    "an endless line": lambda proxy: proxy.say(b"+" + bytes(100_000)),
    "a huge length": lambda proxy: proxy.say(b"*1000000000"),
    "deep nesting": lambda proxy: proxy.say(b"*1\r\n" * 20_000),
    "another protocol": lambda proxy: proxy.say(b"HTTP/1.1 400 Bad Request\r\n"),
    "slow replies": lambda proxy: proxy.slow(0.002),
    "closed at once": lambda proxy: proxy.hang_up(),
}


@pytest.mark.parametrize("fault", FAULTS)
async def test_r8_nothing_that_comes_in_place_of_a_reply_shows_anybody_anothers(
    proxy: FaultProxy, store: RedisShared, fault: str
) -> None:
    await store.get_many([*SECRETS])
    FAULTS[fault](proxy)
    for _ in range(3):
        await _everybody_looks(store)

    proxy.mend()

    assert await works_again(lambda: store.get_many([*SECRETS])) == [*SECRETS.values()]


async def test_r8_a_lease_that_was_told_to_another_is_nobodys(proxy: FaultProxy, store: RedisShared) -> None:
    """The reply to an earlier question for a lease, in place of the one to this."""
    await leased(store, at("eve", "bait"))
    recorded = b"*3\r\n$8\r\n12345678\r\n$-1\r\n$9\r\n87654321" + b"1\r\n"
    proxy.stray(recorded)

    with pytest.raises(ValueError, match="the reply to another command") as refused:
        await store.take([at("mallory")])

    assert store.at_fault(refused.value)


async def test_r8_a_connection_with_something_left_on_it_is_not_used_again(
    proxy: FaultProxy, store: RedisShared
) -> None:
    await store.get_many([*SECRETS])
    before = proxy.connections
    proxy.stray(b"+OK\r\n")
    with pytest.raises(ValueError, match="the reply to another command"):
        await store.get_many([*SECRETS])
    proxy.mend()

    assert await store.get_many([*SECRETS]) == [*SECRETS.values()]
    assert proxy.connections == before + 1
