"""What lies under our keys and is not what we put there is a miss, and overwritten."""

import asyncio
import pickle
import zlib
from collections.abc import AsyncIterator, Callable

import pytest

from bff.cache.address import root
from bff.transport import Response
from tests.faults.cached_landing import cached_for_all, found_by_another, process_at
from tests.servers.valkey_server import Server, running_server

Breaks = Callable[[bytes], bytes]

BAD = Response(500, {}, b"")


class Trap:
    """Unpickled, it does something."""

    def __reduce__(self) -> tuple[Callable[[str], None], tuple[str]]:
        return pytest.fail, ("a value was unpickled",)


BROKEN: dict[str, Breaks] = {
    "empty": lambda _: b"",
    "garbage": lambda value: bytes(byte ^ 0x55 for byte in value),
    "one bit": lambda value: value[:-1] + bytes([value[-1] ^ 1]),
    "truncated": lambda value: value[: len(value) // 2],
    "too long": lambda value: value + b"\x00",
    "another format": lambda value: b"\x00" + value[1:],
    "oversized": lambda value: value + b"x" * 300_000,
    "a bomb": lambda value: value[:17] + b"\x01" + zlib.compress(bytes(50_000_000)),
    "a pickle": lambda _: pickle.dumps(Trap()),
}


@pytest.fixture(scope="module")
async def server() -> AsyncIterator[Server]:
    async with running_server() as server:
        yield server


async def keys_of(server: Server, viewer: str) -> list[bytes]:
    found: list[bytes] = await server.ask("KEYS", f"{root(viewer)}:*".replace("[", "\\["))
    assert len(found) >= 7
    return found


async def test_r5_keys_of_another_type_are_misses_and_overwritten(server: Server) -> None:
    await cached_for_all(server.url, ["5"])
    for key in await keys_of(server, "5"):
        await server.ask("DEL", key)
        await server.ask("LPUSH", key, "not ours")

    assert await found_by_another(server.url, "5") == {"LIVE"}
    assert await found_by_another(server.url, "5") == {"CACHED"}


@pytest.mark.parametrize("broken", BROKEN)
async def test_r6_values_that_are_broken_are_misses_and_overwritten(server: Server, broken: str) -> None:
    await cached_for_all(server.url, ["6"])
    for key in await keys_of(server, "6"):
        await server.ask("SET", key, BROKEN[broken](await server.ask("GET", key)), "EX", 60)

    assert await found_by_another(server.url, "6") == {"LIVE"}
    assert await found_by_another(server.url, "6") == {"CACHED"}


async def test_r10_another_viewers_values_under_our_keys_are_misses_and_overwritten(server: Server) -> None:
    await cached_for_all(server.url, ["10", "11"])
    for key in await keys_of(server, "10"):
        theirs = key.replace(root("10").encode(), root("11").encode())
        if await server.ask("EXISTS", theirs):
            await server.ask("COPY", theirs, key, "REPLACE")

    assert await found_by_another(server.url, "10") == {"LIVE", "CACHED"}
    assert await found_by_another(server.url, "10") == {"CACHED"}


async def test_r10_neither_failures_nor_what_is_shown_in_their_place_are_kept(server: Server) -> None:
    quick = {"BFF_RECOMMENDATIONS__TTL": "1ms", "BFF_RECOMMENDATIONS__REVALIDATE": "0"}
    async with process_at(server.url, quick) as process:
        await process.whole("12")
        before = await process.client.ask(viewer="12")
        await asyncio.sleep(0.1)  # until it is written
        process.upstreams.answers["recommendations"] = lambda _: BAD
        stale = await process.client.ask(viewer="12")
        missing = await process.client.ask(viewer="13")
    async with process_at(server.url, {"BFF_RECOMMENDATIONS__TTL": "1ms"}) as another:
        after = await another.client.ask(viewer="12")

    assert stale.row("landingPage", "recommendations")["state"] == "STALE"
    assert missing.page["recommendations"] is None
    assert await server.ask("KEYS", f"{root('13')}:recommendations:*") == []
    fetched = [answer.row("landingPage", "recommendations")["fetchedAt"] for answer in (before, stale, after)]
    assert fetched[0] == fetched[1] <= fetched[2]
