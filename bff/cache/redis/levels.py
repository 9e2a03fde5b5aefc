"""How much of their limits viewers and addresses have used up, over all processes: levels that drain with time."""

import asyncio
from collections.abc import Mapping, Sequence
from itertools import islice
from math import isfinite
from typing import Any, Final, Self

from bff.cache.redis.kinds import servers_at
from bff.cache.redis.scripts import run
from bff.cache.redis.servers import Command, Servers
from bff.cache.redis.urls import RedisUrl

ANSWERS_WITHIN: Final = 1.0
"""Seconds for all of it, finding Sentinels or a cluster's map included. No page waits for it."""

AT_ONCE: Final = 200
"""Keys in one script: others wait for it."""

PREFIX: Final = "bff:rate:"
"""Outside of what first tiers are told of."""

ADD: Final = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local drain, most = tonumber(ARGV[1]), tonumber(ARGV[2])
local levels = {}
for at, key in ipairs(KEYS) do
  local kept, level = redis.pcall('GET', key), 0
  if type(kept) == 'string' then
    local was, since = string.match(kept, '^(%d+%.%d+) (%d+)$')
    if was then level = math.max(0, tonumber(was) - math.max(0, now - since) * drain) end
  end
  level = math.min(level + tonumber(ARGV[at + 2]), most)
  redis.call('SET', key, string.format('%.3f %.0f', level, now), 'PX', math.max(1, math.ceil(level / drain)))
  levels[at] = string.format('%.3f', level)
end
return levels
"""
"""Keys: one for each who asks. Arguments: what drains in a millisecond, the highest level there is, what is added to
each. Returns the levels then. By the server's clock alone: those of the processes may differ. A level that has drained
is gone by itself.
"""


class RedisLevels:
    """Has connections of its own, and needs one."""

    def __init__(self, servers: Servers) -> None:
        self._servers = servers

    @classmethod
    def at(cls, url: str) -> Self:
        """Raises `ValueError` where it can not be used."""
        return cls(servers_at(RedisUrl.parse(url)))

    async def add(self, amounts: Mapping[str, float], *, drain: float, most: float) -> Sequence[float]:
        """As `SharedLevels.add` says."""
        at_once = AT_ONCE if self._servers.as_one else 1
        names = iter(amounts)
        groups = list(iter(lambda: list(islice(names, at_once)), []))
        commands = [_add(names, amounts, drain, most) for names in groups]
        async with asyncio.timeout(ANSWERS_WITHIN):
            replies = await self._servers.ask(commands)
        return [level for group, reply in zip(groups, replies, strict=True) for level in _levels(group, reply)]

    async def close(self) -> None:
        """Let go of connections."""
        await self._servers.close()


def _add(names: Sequence[str], amounts: Mapping[str, float], drain: float, most: float) -> Command:
    keys = [f"{PREFIX}{name}" for name in names]
    added = [f"{amounts[name]:.3f}" for name in names]
    return Command(keys[0], run(ADD, keys, f"{drain / 1000:.12f}", f"{most:.3f}", *added))


def _levels(names: Sequence[str], reply: Any) -> list[float]:
    """Raises where it is none, or the reply to another command."""
    if isinstance(reply, Exception):
        raise reply
    levels = [float(each) for each in reply]
    if len(levels) != len(names) or not all(map(isfinite, levels)):
        raise ValueError("the reply to another command")
    return levels
