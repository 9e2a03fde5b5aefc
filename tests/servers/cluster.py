"""Three primaries, each with a replica, who know one another from the start."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

from redis.crc import key_slot

from tests.servers.free_ports import free_ports
from tests.servers.valkey_server import (
    EVERY,
    OPTIONS,
    STARTS_WITHIN,
    Server,
    rack,
    until_it_answers,
    until_it_follows,
)

SLOTS: Final = ((0, 5_461), (5_462, 10_922), (10_923, 16_383))

NODE_TIMEOUT: Final = 1_000
"""Milliseconds."""

OF_A_CLUSTER: Final = {
    **OPTIONS,
    "cluster-enabled": "yes",
    "cluster-config-file": "nodes.conf",
    "cluster-node-timeout": str(NODE_TIMEOUT),
    "cluster-replica-validity-factor": "0",
}


@dataclass(frozen=True)
class RunningCluster:
    """As it began: the replica at each place is that of the primary at the same one. Roles may change."""

    primaries: Sequence[Server]
    replicas: Sequence[Server]

    @property
    def url(self) -> str:
        return "redis+cluster://" + ",".join(f"127.0.0.1:{each.port}" for each in self.primaries)

    def shard_of(self, key: str) -> int:
        """At which place its primary is."""
        slot = key_slot(key.encode())
        return next(at for at, (first, last) in enumerate(SLOTS) if first <= slot <= last)

    async def until_whole(self) -> None:
        """Until every node that runs says that all is well."""
        async with asyncio.timeout(STARTS_WITHIN):
            for server in (*self.primaries, *self.replicas):
                while not server.child.ended.done() and not await _is_well(server):  # noqa: ASYNC110 - a process
                    await asyncio.sleep(EVERY)


@asynccontextmanager
async def running_cluster() -> AsyncIterator[RunningCluster]:
    """A replica takes over within three seconds of its primary's death."""
    ports = free_ports(12)
    async with rack() as made:
        servers = [
            await made.start(
                port, {**OF_A_CLUSTER, "cluster-port": str(bus)}, {"nodes.conf": _configuration(port, ports)}
            )
            for port, bus in zip(ports[:6], ports[6:], strict=True)
        ]
        for server in servers:
            await until_it_answers(server)
        cluster = RunningCluster(servers[:3], servers[3:])
        await cluster.until_whole()
        for replica in cluster.replicas:
            await until_it_follows(replica)
        yield cluster


def node_id(server: Server) -> str:
    """By which others know it."""
    return _id(server.port)


def _configuration(myself: int, ports: Sequence[int]) -> str:
    """As it would have written it down itself, when it last was part of this cluster: no time for introductions."""
    lines = []
    for at, (port, bus) in enumerate(zip(ports[:6], ports[6:], strict=True)):
        flags = "myself," if port == myself else ""
        first, last = SLOTS[at % 3]
        role = (
            f"master - 0 0 {at + 1} connected {first}-{last}"
            if at < 3
            else f"slave {_id(ports[at - 3])} 0 0 0 connected"
        )
        lines.append(f"{_id(port)} 127.0.0.1:{port}@{bus} {flags}{role}\n")
    return "".join([*lines, "vars currentEpoch 3 lastVoteEpoch 0\n"])


async def _is_well(server: Server) -> bool:
    state: Any = await server.ask("CLUSTER", "INFO")
    return b"cluster_state:ok" in state


def _id(port: int) -> str:
    return f"{port:040x}"
