"""Asks for pages, from a process of its own: `python -m benchmarks.edge.asking URL`.

`--rate` is an open loop: requests leave when their time has come, whatever became of those before. `--at-once` is a
closed one. Prints one line of JSON: statuses, and milliseconds from when a request was due until its answer was whole.
"""

import argparse
import asyncio
import json
import random
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from statistics import quantiles
from typing import Any, Final, cast
from urllib.parse import urlsplit

import orjson
import uvloop

from tests.page_client import LANDING

USERS: Final = 500
MOST_CONNECTIONS: Final = 3_000
PATIENCE: Final = 10.0
PROBE_EVERY: Final = 0.2
BODY: Final = orjson.dumps({"query": LANDING})
LOST: Final = 0
"""The status of a request whose connection broke."""

Done = Callable[[int], None]


def _soon(loop: asyncio.AbstractEventLoop, again: Callable[[Any], None], connection: Any) -> None:
    loop.call_soon(again, connection)


def page_of(user: int) -> bytes:
    """The request for a user's page."""
    head = (
        f"POST /graphql HTTP/1.1\r\nhost: bff.test\r\ncontent-type: application/json\r\naccept: application/json\r\n"
        f"user-agent: asking\r\nx-viewer: {user}\r\ncontent-length: {len(BODY)}\r\n\r\n"
    )
    return head.encode() + BODY


class Connection(asyncio.Protocol):
    """One request at a time; every answer has its length in a header."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._done: Done | None = None
        self._left = -1
        self._got = b""
        self._status = LOST
        self.degraded = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's does not say that it is one

    def ask(self, request: bytes, done: Done) -> None:
        """`done` is called with the status."""
        assert self._transport is not None
        self._done, self._left, self._got = done, -1, b""
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        if self._left < 0:
            self._got += data
            end = self._got.find(b"\r\n\r\n")
            if end < 0:
                return
            head = self._got[:end].lower()
            self._status = int(head[9:12])
            self.degraded = b"\r\nx-bff-degraded: " in head
            length = head.index(b"content-length: ") + 16
            self._left = int(head[length:].partition(b"\r")[0]) - (len(self._got) - end - 4)
        else:
            self._left -= len(data)
        if self._left <= 0 and self._done is not None:
            done, self._done = self._done, None
            done(self._status)

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        if self._done is not None:
            done, self._done = self._done, None
            done(LOST)

    @property
    def is_open(self) -> bool:
        """Whether it can be asked."""
        return self._transport is not None and not self._transport.is_closing()

    def close(self) -> None:
        """At once."""
        if self._transport is not None:
            self._transport.abort()


@dataclass
class Asking:
    """Milliseconds by status; when answers came, to be counted within a window."""

    host: str
    port: int
    times: dict[int, list[float]] = field(default_factory=lambda: defaultdict(list))
    free: list[Connection] = field(default_factory=list)
    opened: int = 0
    under_way: int = 0
    degraded: int = 0
    unsent: int = 0
    probes: list[float] = field(default_factory=list)
    probes_failed: Counter[int] = field(default_factory=Counter)

    async def at_rate(self, rate: float, seconds: float) -> None:
        """Spread as independent clients are: at random."""
        dice = random.Random(3)  # noqa: S311 - seeded, so that a run can be had again
        due = began = time.perf_counter()
        sending: set[asyncio.Task[None]] = set()
        while due - began < seconds:
            pause = due - time.perf_counter()
            if pause > 0:
                await asyncio.sleep(pause)
            self._send(dice.randint(1, USERS), due, sending)
            due += dice.expovariate(rate)
        await self._settle()

    def _send(self, user: int, due: float, opening: set[asyncio.Task[None]]) -> None:
        while self.free:
            connection = self.free.pop()
            if connection.is_open:
                self._ask(connection, user, due)
                return
        if self.opened >= MOST_CONNECTIONS:
            self.unsent += 1
            return
        self.opened += 1
        task = asyncio.ensure_future(self._connect(user, due))
        opening.add(task)
        task.add_done_callback(opening.discard)

    async def _connect(self, user: int, due: float) -> None:
        loop = asyncio.get_running_loop()
        try:
            _, connection = await loop.create_connection(Connection, self.host, self.port)
        except OSError:
            self.times[LOST].append(0.0)
            self.opened -= 1
            return
        self._ask(connection, user, due)

    def _ask(self, connection: Connection, user: int, due: float, then: Callable[[], None] | None = None) -> None:
        self.under_way += 1

        def done(status: int) -> None:
            self.under_way -= 1
            self.degraded += connection.degraded
            self.times[status].append(1_000 * (time.perf_counter() - due))
            if then is not None:
                then()
            elif connection.is_open:
                self.free.append(connection)
            else:
                self.opened -= 1

        connection.ask(page_of(user), done)

    async def at_once(self, count: int, seconds: float) -> None:
        """Each asks again as soon as it is answered."""
        loop, until = asyncio.get_running_loop(), time.perf_counter() + seconds
        dice = random.Random(4)  # noqa: S311 - seeded

        def again(connection: Connection) -> None:
            if time.perf_counter() < until and connection.is_open:
                user = dice.randint(1, USERS)
                self._ask(connection, user, time.perf_counter(), partial(_soon, loop, again, connection))

        for _ in range(count):
            _, connection = await loop.create_connection(Connection, self.host, self.port)
            again(connection)
        await asyncio.sleep(seconds)
        await self._settle()

    async def each_once(self) -> None:
        """The page of every user, so that all of it is cached."""
        loop, users = asyncio.get_running_loop(), iter(range(1, USERS + 1))

        def again(connection: Connection) -> None:
            if (user := next(users, None)) is not None and connection.is_open:
                self._ask(connection, user, time.perf_counter(), partial(_soon, loop, again, connection))

        for _ in range(10):
            _, connection = await loop.create_connection(Connection, self.host, self.port)
            again(connection)
        await asyncio.sleep(0.1)
        await self._settle()

    async def burst(self, count: int) -> None:
        """All at the same moment."""
        loop = asyncio.get_running_loop()
        made = [await loop.create_connection(Connection, self.host, self.port) for _ in range(count)]
        now = time.perf_counter()
        for user, (_, connection) in enumerate(made, 1):
            self._ask(connection, user, now)
        await self._settle()

    async def probe(self) -> None:
        """The health answer, again and again, over a connection of its own."""
        loop = asyncio.get_running_loop()
        request = b"GET /health/ready HTTP/1.1\r\nhost: bff.test\r\n\r\n"
        _, connection = await loop.create_connection(Connection, self.host, self.port)
        while True:
            if not connection.is_open:
                _, connection = await loop.create_connection(Connection, self.host, self.port)
            answered: asyncio.Future[int] = loop.create_future()
            began = time.perf_counter()
            connection.ask(request, answered.set_result)
            status = await answered
            self.probes.append(1_000 * (time.perf_counter() - began))
            if status != 200:
                self.probes_failed[status] += 1
            await asyncio.sleep(PROBE_EVERY)

    async def _settle(self) -> None:
        until = time.perf_counter() + PATIENCE
        while self.under_way and time.perf_counter() < until:  # noqa: ASYNC110 - a counter
            await asyncio.sleep(0.01)

    def told(self, seconds: float) -> dict[str, Any]:
        """What came of it."""
        return {
            "seconds": seconds,
            "statuses": {status: len(times) for status, times in sorted(self.times.items())},
            "ms": {status: percentiles(times) for status, times in sorted(self.times.items())},
            "degraded": self.degraded,
            "unanswered": self.under_way,
            "unsent": self.unsent,
            "probes": {"count": len(self.probes), "failed": self.probes_failed, "ms": percentiles(self.probes)},
        }


def percentiles(times: list[float]) -> dict[str, float]:
    """Of milliseconds."""
    if len(times) < 2:
        return {}
    hundredths = quantiles(times, n=100)
    return {"p50": round(hundredths[49], 1), "p99": round(hundredths[98], 1), "max": round(max(times), 1)}


async def main() -> None:
    """As the arguments say."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("url")
    options.add_argument("--seconds", type=float, default=10.0)
    kind = options.add_mutually_exclusive_group(required=True)
    kind.add_argument("--rate", type=float)
    kind.add_argument("--at-once", type=int)
    kind.add_argument("--burst", type=int)
    kind.add_argument("--each-once", action="store_true")
    given = options.parse_args()
    where = urlsplit(given.url)
    asking = Asking(where.hostname or "", where.port or 80)
    probing = asyncio.ensure_future(asking.probe())
    began = time.perf_counter()
    if given.each_once:
        await asking.each_once()
    elif given.burst is not None:
        await asking.burst(given.burst)
    elif given.rate is not None:
        await asking.at_rate(given.rate, given.seconds)
    else:
        await asking.at_once(given.at_once, given.seconds)
    took = time.perf_counter() - began
    probing.cancel()
    await asyncio.gather(probing, return_exceptions=True)
    print(json.dumps(asking.told(took if given.rate is None and given.at_once is None else given.seconds)))


if __name__ == "__main__":
    uvloop.run(main())
