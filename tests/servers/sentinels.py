"""A master, its replica, and three Sentinels who know one another from the start."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

from tests.servers.free_ports import free_ports
from tests.servers.valkey_server import OPTIONS, Server, rack, until_it_answers, until_it_follows

MASTER: Final = "mymaster"

DOWN_AFTER: Final = 500
"""Milliseconds."""


@dataclass(frozen=True)
class RunningSentinels:
    """As they began; who is the master may change."""

    master: Server
    replica: Server
    sentinels: Sequence[Server]

    @property
    def url(self) -> str:
        hosts = ",".join(f"127.0.0.1:{sentinel.port}" for sentinel in self.sentinels)
        return f"redis+sentinel://{hosts}/{MASTER}"


@asynccontextmanager
async def running_sentinels() -> AsyncIterator[RunningSentinels]:
    """They fail over within two seconds of the master's death."""
    master_port, replica_port, *ports = free_ports(5)
    async with rack() as made:
        master = await made.start(master_port, OPTIONS)
        await until_it_answers(master)
        replica = await made.start(replica_port, {**OPTIONS, "replicaof": f"127.0.0.1 {master_port}"})
        await until_it_answers(replica)
        await until_it_follows(replica)
        sentinels = []  # last, so that they find nobody missing
        for port in ports:
            others = [each for each in ports if each != port]
            files = {"sentinel.conf": _configuration(port, others, master_port, replica_port)}
            file = made.file(port, "sentinel.conf")
            sentinels.append(await made.start(port, {"bind": "127.0.0.1"}, files, file, "--sentinel"))
        for sentinel in sentinels:
            await until_it_answers(sentinel)
        yield RunningSentinels(master, replica, sentinels)


def _configuration(port: int, others: Sequence[int], master: int, replica: int) -> str:
    lines = [
        f"sentinel myid {_id(port)}",
        f"sentinel monitor {MASTER} 127.0.0.1 {master} 2",
        f"sentinel down-after-milliseconds {MASTER} {DOWN_AFTER}",
        f"sentinel failover-timeout {MASTER} 2000",
        f"sentinel known-replica {MASTER} 127.0.0.1 {replica}",
        *(f"sentinel known-sentinel {MASTER} 127.0.0.1 {each} {_id(each)}" for each in others),
    ]
    return "".join(f"{line}\n" for line in lines)


def _id(port: int) -> str:
    return f"{port:040x}"
