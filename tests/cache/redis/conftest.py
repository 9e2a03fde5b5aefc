"""Real servers for a whole module, and a store in front of them."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest

from bff.cache.redis.store import RedisShared
from tests.servers.cluster import running_cluster
from tests.servers.valkey_server import running_server


@dataclass(frozen=True)
class Behind:
    """Servers behind the back of a store: `ask(key, *words)` asks the one that has the key."""

    url: str
    ask: Callable[..., Awaitable[Any]]


@pytest.fixture(scope="module", params=["one server", "a cluster"])
async def behind(request: pytest.FixtureRequest) -> AsyncIterator[Behind]:
    if request.param == "one server":
        async with running_server() as server:

            async def ask_it(_: str, *words: str | bytes | int) -> Any:
                return await server.ask(*words)

            yield Behind(server.url, ask_it)
    else:
        async with running_cluster() as cluster:

            async def ask_one(key: str, *words: str | bytes | int) -> Any:
                return await cluster.primaries[cluster.shard_of(key)].ask(*words)

            yield Behind(cluster.url, ask_one)


@pytest.fixture
async def store(behind: Behind) -> AsyncIterator[RedisShared]:
    store = RedisShared.at(behind.url)
    yield store
    await store.close()


@pytest.fixture
def viewer(request: pytest.FixtureRequest) -> str:
    """Of this test alone."""
    return str(request.node.name)
