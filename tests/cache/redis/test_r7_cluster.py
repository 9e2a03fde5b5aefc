"""R7: a cluster whose keys move, whose nodes die, and which is down for a while."""

from collections.abc import AsyncIterator

import pytest
from redis.crc import key_slot
from redis.exceptions import TryAgainError

from bff.cache.redis.store import RedisShared
from tests.cache.redis.using import at, fill, hearing, store_at, works_again
from tests.servers.cluster import RunningCluster, node_id, running_cluster

VIEWERS = [str(number) for number in range(30)]
EVERYTHING = {at(viewer): viewer.encode() for viewer in VIEWERS}


@pytest.fixture(scope="module")
async def cluster() -> AsyncIterator[RunningCluster]:
    """For tests that leave it as they found it."""
    async with running_cluster() as cluster:
        yield cluster


@pytest.fixture
async def store(cluster: RunningCluster) -> AsyncIterator[RedisShared]:
    async with store_at(cluster.url) as store:
        await fill(store, EVERYTHING)
        yield store
        await store.forget([*EVERYTHING])


async def _everything(store: RedisShared) -> None:
    assert await store.get_many([*EVERYTHING]) == [*EVERYTHING.values()]


class Move:
    """A slot, by the key of which a test knows, on its way to another node; nobody moves it back."""

    def __init__(self, cluster: RunningCluster, key: str) -> None:
        self._slot = key_slot(key.encode())
        from_ = cluster.shard_of(key)
        self._giver, self._taker, self._other = (cluster.primaries[(from_ + n) % 3] for n in range(3))

    async def begin(self) -> None:
        """With all keys that lie in it."""
        await self._taker.ask("CLUSTER", "SETSLOT", self._slot, "IMPORTING", node_id(self._giver))
        await self._giver.ask("CLUSTER", "SETSLOT", self._slot, "MIGRATING", node_id(self._taker))
        keys = await self._giver.ask("CLUSTER", "GETKEYSINSLOT", self._slot, 100)
        await self._giver.ask("MIGRATE", "127.0.0.1", self._taker.port, "", 0, 1_000, "KEYS", *keys)

    async def end(self) -> None:
        """All nodes know where it is."""
        for server in (self._taker, self._giver, self._other):
            await server.ask("CLUSTER", "SETSLOT", self._slot, "NODE", node_id(self._taker))


async def test_r7_moved_keys_are_followed_at_once(cluster: RunningCluster, store: RedisShared) -> None:
    move = Move(cluster, at("1"))
    await move.begin()
    await move.end()

    await _everything(store)
    await fill(store, {at("1"): b"1"})
    await _everything(store)


async def test_r7_keys_on_their_way_are_read_at_the_other_end_and_written_when_they_are_there(
    cluster: RunningCluster, store: RedisShared
) -> None:
    """No node has both the value and a lease that is not there yet, so none can take one."""
    move = Move(cluster, at("2"))
    await move.begin()

    await _everything(store)
    with pytest.raises(TryAgainError) as refused:
        await store.take([at("2")])
    assert not store.at_fault(refused.value)

    await move.end()
    await works_again(lambda: fill(store, {at("2"): b"2"}))
    await _everything(store)


async def test_r7_a_cluster_that_is_down_is_at_fault_until_it_is_whole(
    cluster: RunningCluster, store: RedisShared
) -> None:
    slot = key_slot(at("3").encode())
    owner = cluster.primaries[cluster.shard_of(at("3"))]
    await owner.ask("CLUSTER", "DELSLOTS", slot)
    for _ in range(2):
        with pytest.raises(Exception) as refused:  # noqa: PT011 - asked below
            await store.get_many([at("3")])
        assert store.at_fault(refused.value)

    await owner.ask("CLUSTER", "ADDSLOTS", slot)

    await works_again(lambda: _everything(store))


async def test_one_node_that_answers_is_enough_to_find_the_others(cluster: RunningCluster) -> None:
    async with store_at(f"redis+cluster://127.0.0.1:1,127.0.0.1:{cluster.replicas[1].port}") as store:
        await fill(store, {at(viewer, "found"): b"1" for viewer in VIEWERS})


@pytest.mark.serial
async def test_r7_a_primary_that_dies_is_followed_by_its_replica_and_all_others_go_on() -> None:
    async with running_cluster() as cluster, store_at(cluster.url) as store, hearing(store) as (_, listening):
        await fill(store, EVERYTHING)
        dying = cluster.shard_of(at("1"))
        await cluster.primaries[dying].ask("WAIT", 1, 1_000)
        await cluster.primaries[dying].kill()

        with pytest.raises(Exception) as refused:  # noqa: PT011 - asked below
            await store.get_many([*EVERYTHING])
        assert store.at_fault(refused.value)
        others = [address for address in EVERYTHING if cluster.shard_of(address) != dying]
        assert None not in await works_again(lambda: store.get_many(others))

        await works_again(lambda: _everything(store))
        await works_again(lambda: store.take([at("1")]))
        async with hearing(store) as (heard, again):
            await store.forget([at("1")])
            await heard.until(lambda: at("1") in heard.addresses)
            assert not again.done()
        listening.cancel()
