"""What each tier, the envelope's compression, and listening cost: CPU of this process, a real Valkey beside it.

python -m benchmarks.cache
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from statistics import median
from typing import Final

import uvloop

from bff.cache.address import address
from bff.cache.cache import Cache
from bff.cache.envelope import seal, unseal
from bff.cache.outcome import Fetched, Outcome
from bff.cache.patience import Patience
from bff.cache.redis.store import RedisShared
from bff.cache.shared import Fill, SharedStore
from bff.cache.terms import Terms
from tests.cache.bench import By
from tests.servers.valkey_server import running_server
from tests.upstreams_in_process import simulated

SECTIONS: Final = 5
USERS: Final = 200
ROUNDS: Final = 7

TERMS: Final = Terms(
    source="s", call="c", shape=str, ttl=3600, ttl_jitter=0, revalidate=0, stale=3600, most=SECTIONS, bound=10
)


def at(user: int, section: int) -> str:
    return address(viewer=str(user), source="s", call=f"c{section}", version="12345678", key=10)


def of_a_page(user: int) -> list[str]:
    return [at(user, section) for section in range(SECTIONS)]


async def fetch(addresses: Sequence[str]) -> Mapping[str, Outcome]:
    return {each: Fetched(VALUE, time.time()) for each in addresses}


VALUE: Final = simulated("notifications").answer("/notifications?user_id=1&limit=10").body.decode()


async def microseconds(work: Callable[[int], Awaitable[object]], times: int = USERS) -> float:
    """Of CPU, each time; the median of a few rounds."""
    rounds = []
    for _ in range(ROUNDS):
        started = time.process_time()
        for number in range(times):
            await work(number)
        rounds.append((time.process_time() - started) / times * 1e6)
    return median(rounds)


async def lookups(url: str) -> None:
    """Of five sections at once, as a page does it."""

    async def cost(shared: SharedStore | None, max_bytes: int) -> float:
        cache = Cache(shared, max_bytes=max_bytes, tell=lambda _: None, now=time.time)
        await cache.open()
        await asyncio.sleep(0.3)

        async def page(user: int) -> None:
            patience = Patience()
            await asyncio.gather(*(cache.read([each], TERMS, By(fetch), patience) for each in of_a_page(user)))

        for _ in range(3):
            for user in range(USERS):
                await page(user)
            await asyncio.sleep(0.3)
        spent = await microseconds(page)
        await cache.close()
        return spent

    near = await cost(None, 64_000_000)
    far = await cost(RedisShared.at(url), 0)
    both = await cost(RedisShared.at(url), 64_000_000)
    print(f"five sections looked up: first tier {near:.0f} µs, second {far:.0f} µs, both {both:.0f} µs of CPU")
    print(f"  second ÷ first {far / near:.1f}")


async def compression() -> None:
    """By size: what it takes and what it saves."""
    text = "".join(
        simulated("messages").answer(f"/messages?user_id={user}&limit=50").body.decode() for user in range(1, 9)
    )
    for size in (1_000, 2_000, 4_097, 10_000, 50_000):
        value = text[:size].encode()
        sealed = seal("a", bytes(8), value)

        async def there_and_back(_: int, value: bytes = value) -> None:
            unseal("a", bytes(8), seal("a", bytes(8), value))

        spent = await microseconds(there_and_back)
        print(f"envelope of {size:>6} bytes: {len(sealed) / size:.2f} of them kept, {spent:.0f} µs")


async def listening(url: str) -> None:
    """To what others fill: CPU for each key that is told."""
    writer, fills = RedisShared.at(url), 4_000
    cache = Cache(RedisShared.at(url), max_bytes=64_000_000, tell=lambda _: None, now=time.time)
    addresses = [at(user, section) for user in range(fills // SECTIONS) for section in range(SECTIONS)]

    async def fill() -> float:
        started = time.process_time()
        for start in range(0, fills, 100):
            taken = await writer.take(addresses[start : start + 100])
            await writer.write([Fill(one.lease, b"x", 60) for one in taken if one.lease is not None])
        await asyncio.sleep(0.3)
        return time.process_time() - started

    unheard = median([await fill() for _ in range(ROUNDS)])
    await cache.open()
    await asyncio.sleep(0.3)
    heard = median([await fill() for _ in range(ROUNDS)])
    await cache.close()
    await writer.close()
    print(f"listening: {(heard - unheard) / fills * 1e6:.1f} µs of CPU for each value that any process fills")


async def main() -> None:
    async with running_server() as server:
        await lookups(server.url)
        await listening(server.url)
    await compression()


if __name__ == "__main__":
    uvloop.run(main())
