"""What a look at real servers shows of what they keep of ours."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass

import pytest
from redis.exceptions import NoPermissionError

from bff.cache.address import root
from bff.cache.redis.keys import generation_of
from bff.cache.redis.survey import MOST_WEIGHED, survey
from bff.cache.sizing import needed
from tests.cache.redis.using import at, fill, store_at
from tests.servers.cluster import running_cluster
from tests.servers.valkey_server import Server, running_server

USERS = 1_500
VALUES = 7
BYTES = 1_000


@dataclass(frozen=True)
class Servers:
    url: str
    each: Sequence[Server]

    async def fill(self, users: int) -> None:
        """With so many values for each of them."""
        async with store_at(self.url) as store:
            for first in range(0, users, 100):
                await fill(store, _pages(range(first, min(first + 100, users))))

    async def used(self) -> int:
        return sum([(await server.info("memory"))["used_memory"] for server in self.each])


def _pages(users: range) -> Mapping[str, bytes]:
    return {at(str(user), key): bytes(BYTES) for user in users for key in range(VALUES)}


@pytest.fixture(params=["one server", "a cluster"])
async def servers(request: pytest.FixtureRequest) -> AsyncIterator[Servers]:
    if request.param == "one server":
        async with running_server({"maxmemory": "300mb", "maxmemory-policy": "allkeys-lru"}) as server:
            yield Servers(server.url, [server])
    else:
        async with running_cluster() as cluster:
            for primary in cluster.primaries:
                await primary.ask("CONFIG", "SET", "maxmemory", "100mb", "maxmemory-policy", "allkeys-lru")
            yield Servers(cluster.url, cluster.primaries)


async def test_what_so_many_users_need_by_the_sample_is_what_they_take(servers: Servers) -> None:
    before = await servers.used()
    await servers.fill(USERS)
    taken = await servers.used() - before

    found = await survey(servers.url)
    assert found.sample is not None
    assert MOST_WEIGHED - len(servers.each) < found.sample.weighed <= MOST_WEIGHED
    assert found.sample.per_user == pytest.approx(VALUES, rel=0.15)  # of 12,000 keys 5,000 are looked at
    assert found.room.used == pytest.approx(before + taken, rel=0.1)
    assert (found.room.most, found.room.policy) == (300 * 1024**2, "allkeys-lru")
    if len(servers.each) == 1:  # the others keep what their replicas have not yet taken over, too
        assert needed(found.sample, USERS) == pytest.approx(taken, rel=0.15)


async def test_the_values_of_few_users_are_all_counted(servers: Servers) -> None:
    await servers.fill(3)
    async with store_at(servers.url) as store:
        await fill(store, {at("4", 0): b"alone"})
    found = await survey(servers.url)
    assert found.sample is not None
    assert found.sample.weighed == 3 * VALUES + 1
    assert found.sample.per_user == (3 * VALUES + 1) / 4


async def test_where_nothing_of_ours_lies_nothing_is_measured() -> None:
    async with running_server({"maxmemory-policy": "noeviction"}) as server:
        for key in ("theirs", "bff:lease:{7}:s", "bff:1", "bff:2:{7}:s", "bff:1:no braces"):
            await server.ask("SET", key, "something")
        found = await survey(server.url)
    assert found.sample is None
    assert (found.room.most, found.room.policy) == (0, "noeviction")


async def test_among_many_keys_of_others_ours_are_found() -> None:
    async with running_server() as server:
        await server.ask("DEBUG", "POPULATE", 50_000, "theirs")
        await Servers(server.url, [server]).fill(3)
        found = await survey(server.url)
    assert found.sample is not None
    assert found.sample.weighed == 3 * VALUES


async def test_values_whose_generations_are_gone_are_weighed_all_the_same() -> None:
    async with running_server() as server:
        await Servers(server.url, [server]).fill(1)
        await server.ask("DEL", generation_of(root("0")))
        found = await survey(server.url)
    assert found.sample is not None
    assert (found.sample.weighed, found.sample.generation) == (VALUES, 0)


@pytest.mark.parametrize("command", ["INFO", "SCAN", "MEMORY"])
async def test_a_server_that_refuses_to_be_looked_at_is_told_as_one_that_does(command: str) -> None:
    async with running_server() as server:
        await Servers(server.url, [server]).fill(1)
        await server.ask("ACL", "SETUSER", "app", "on", ">hush", "~*", "+@all", f"-{command}")
        with pytest.raises(NoPermissionError):
            await survey(server.url.replace("://", "://app:hush@"))


async def test_a_server_that_is_silent_is_not_waited_for() -> None:
    async with running_server() as server:
        with server.paused(), pytest.raises(TimeoutError):
            await survey(server.url)
