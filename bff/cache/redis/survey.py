"""A look at what the servers keep of ours, and at the room they have, for whoever chooses their size."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any, Final

from bff.cache.address import PREFIX, root_of
from bff.cache.redis.cluster import WHO_HAS_WHAT
from bff.cache.redis.keys import generation_of
from bff.cache.redis.kinds import servers_at
from bff.cache.redis.node import Nodes
from bff.cache.redis.servers import Command, Servers
from bff.cache.redis.slots import Slots
from bff.cache.redis.urls import RedisUrl
from bff.cache.sizing import Room, Sample, Surveyed

WITHIN: Final = 1.0
LOOKING: Final = 0.4
"""Seconds for all of it, and for going through keys, of which others may have millions there."""

MOST_KEYS: Final = 5_000
MOST_WEIGHED: Final = 500
"""On all servers."""

AT_ONCE: Final = 1_000

TABLES: Final = 64
"""Bytes that a key costs besides what MEMORY USAGE counts: its slots in the tables of keys and of times to expire. With
Valkey 9 it is 37, older servers take more.
"""


@dataclass(frozen=True, slots=True)
class _Part:
    """What one server of them showed."""

    room: Room
    values: Sequence[bytes]
    weights: Sequence[float]
    generations: Sequence[float]


async def survey(url: str) -> Surveyed:
    """What is there. Raises whatever keeps it from being told within a second."""
    asked = RedisUrl.parse(url)
    servers, nodes = servers_at(asked), Nodes(asked.access)
    try:
        async with asyncio.timeout(WITHIN):
            each: list[Servers] = [servers]
            if not servers.as_one:
                slots = Slots.read(await servers.ask(WHO_HAS_WHAT), asked.places[0])
                each = [nodes.at(place) for place in slots.primaries]
            parts = await asyncio.gather(*(_look(one, len(each)) for one in each), return_exceptions=True)
    finally:
        await servers.close()
        await nodes.keep(())
    return _together([_good(part) for part in parts])


async def _look(servers: Servers, share: int) -> _Part:
    [info] = await _ask(servers, ("INFO", "memory"))
    values = await _keys(servers, MOST_KEYS // share)
    weighed = values[: max(1, MOST_WEIGHED // share)]
    generations = {generation_of(root_of(value.decode())) for value in weighed}
    weights = await _weigh(servers, weighed)
    return _Part(_room(_read(info)), values, weights, await _weigh(servers, list(generations)))


async def _keys(servers: Servers, most: int) -> Sequence[bytes]:
    """Of values. They come in the order of their hashes, so the first are as good as any."""
    until = asyncio.get_running_loop().time() + LOOKING
    found: dict[bytes, None] = {}
    cursor = b"0"
    while True:
        [(cursor, keys)] = await _ask(servers, ("SCAN", cursor, "MATCH", f"{PREFIX}*", "COUNT", AT_ONCE))
        found.update(dict.fromkeys(keys))
        if cursor == b"0" or len(found) >= most or asyncio.get_running_loop().time() > until:
            return [key for key in found if _within(key)]


async def _weigh(servers: Servers, keys: Sequence[bytes | str]) -> list[float]:
    """Of those that are still there."""
    found = await _ask(servers, *(("MEMORY", "USAGE", key) for key in keys)) if keys else []
    return [weight + TABLES for weight in found if weight is not None]


async def _ask(servers: Servers, *commands: Sequence[str | bytes | int]) -> list[Any]:
    """Raises what any of them was refused with."""
    return [_good(reply) for reply in await servers.ask([Command("", words) for words in commands])]


def _good(reply: Any) -> Any:
    if isinstance(reply, BaseException):
        raise reply
    return reply


def _read(info: bytes) -> Mapping[str, str]:
    lines = (line.partition(":") for line in info.decode(errors="replace").splitlines())
    return {name: value for name, _, value in lines}


def _room(info: Mapping[str, str]) -> Room:
    used, most = (int(info.get(name, "0")) for name in ("used_memory", "maxmemory"))
    return Room(used, most, info.get("maxmemory_policy", "an unknown policy"))


def _within(key: bytes) -> bytes:
    """What the key says behind its viewer; nothing of a key that has none."""
    return key.partition(b"}")[2]


def _together(parts: Sequence[_Part]) -> Surveyed:
    rooms = [part.room for part in parts]
    limited = all(room.most for room in rooms)
    policies = sorted({room.policy for room in rooms})
    room = Room(
        sum(room.used for room in rooms), sum(room.most for room in rooms) if limited else 0, " or ".join(policies)
    )
    weights = [weight for part in parts for weight in part.weights]
    if not weights:
        return Surveyed(room, None)
    generations = [weight for part in parts for weight in part.generations]
    values = [key for part in parts for key in part.values]
    return Surveyed(
        room, Sample(len(weights), fmean(weights), fmean(generations) if generations else 0.0, _per_user(values))
    )


def _per_user(values: Sequence[bytes]) -> float:
    """Values of a user, by those of a value that every user has one of, as the most common one is taken to be.

    To count the users in a part of all keys would not do: of most, it shows one value alone.
    """
    [(_, users)] = Counter(map(_within, values)).most_common(1)
    return len(values) / users
