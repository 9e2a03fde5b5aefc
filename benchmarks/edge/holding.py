"""Connections that owe something, from a process of its own: `python -m benchmarks.edge.holding URL --count 2000`.

A third each sends its headers a byte a second, its body likewise, or nothing. Prints one line of JSON: how many the
server closed, and after how many seconds the last one, by kind.
"""

import argparse
import asyncio
import json
import time
from collections import defaultdict
from typing import Any, Final, cast
from urllib.parse import urlsplit

import uvloop

PATIENCE: Final = 30.0
PACE: Final = 20
"""New connections in a hundredth of a second."""

DRIPS: Final = 50

HEADERS: Final = b"POST /graphql HTTP/1.1\r\nhost: bff.test\r\nx-long: "
WITH_BODY: Final = (
    b"POST /graphql HTTP/1.1\r\nhost: bff.test\r\ncontent-type: application/json\r\ncontent-length: 5000\r\n\r\n"
)
KINDS: Final = {"slow headers": HEADERS, "slow body": WITH_BODY, "idle": b""}


class Held(asyncio.Protocol):
    """One of them."""

    def __init__(self, first: bytes) -> None:
        self._first = first
        self._transport: asyncio.Transport | None = None
        self.began = 0.0
        self.lasted: float | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's does not say that it is one
        self.began = time.perf_counter()
        self._transport.write(self._first)

    def drip(self) -> None:
        """A byte more, where it owes some."""
        if self._first and self._transport is not None and not self._transport.is_closing():
            self._transport.write(b"x")

    def connection_lost(self, exc: Exception | None) -> None:
        self.lasted = time.perf_counter() - self.began


async def held(host: str, port: int, count: int) -> dict[str, Any]:
    """What became of so many."""
    loop = asyncio.get_running_loop()
    all_of_them: dict[str, list[Held]] = defaultdict(list)
    kinds = list(KINDS.items())

    async def connect(number: int) -> None:
        kind, first = kinds[number % len(kinds)]
        _, one = await loop.create_connection(lambda: Held(first), host, port)
        all_of_them[kind].append(one)

    for start in range(0, count, PACE):
        await asyncio.gather(*(connect(number) for number in range(start, min(count, start + PACE))))
        await asyncio.sleep(0.01)
    until = time.perf_counter() + PATIENCE
    while time.perf_counter() < until and any(one.lasted is None for many in all_of_them.values() for one in many):
        for part in range(DRIPS):  # clients of their own do not all send at the same moment
            for many in all_of_them.values():
                for one in many[part::DRIPS]:
                    one.drip()
            await asyncio.sleep(1 / DRIPS)
    return {kind: _told(many) for kind, many in all_of_them.items()}


def _told(many: list[Held]) -> dict[str, Any]:
    lasted = [one.lasted for one in many if one.lasted is not None]
    return {"count": len(many), "closed": len(lasted), "longest_s": round(max(lasted, default=0.0), 1)}


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("url")
    options.add_argument("--count", type=int, default=2_000)
    given = options.parse_args()
    where = urlsplit(given.url)
    print(json.dumps(uvloop.run(held(where.hostname or "", where.port or 80, given.count))))
