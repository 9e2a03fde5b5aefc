"""A simulated upstream: one service on a port, with its latencies and the fault of the moment."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Final

from .connection import Connection
from .door import Door
from .faults import Fault, FaultError, parse_fault
from .latency import latencies
from .request import Request
from .scripts import healthy
from .services import Service, service
from .traffic import Stats, Traffic
from .wire import Script, refusal
from .world import World

IDLE: Final = 60.0


@asynccontextmanager
async def serve(
    name: str,
    *,
    speed: float = 1.0,
    host: str = "127.0.0.1",
    port: int = 0,
    world: World | None = None,
    idle: float = IDLE,
    pseudonym_key: str | None = None,
) -> AsyncIterator["Upstream"]:
    """Serve the upstream `name` until the block is left.

    `speed` multiplies its usual latencies (0: answer at once); `idle` is how many seconds a connection may go
    without a request. With `pseudonym_key` it knows users by their pseudonyms too. Raises `ValueError` for an unknown
    name, `PortError` for a port that cannot be had.
    """
    served = service(name, world or World(datetime.now(UTC)), pseudonym_key)
    door = Door(host, port)
    upstream = Upstream(served, latencies(name, speed), door)
    sweeper = asyncio.create_task(upstream.close_idle(idle))
    try:
        await upstream.mend()
        yield upstream
    finally:
        sweeper.cancel()
        upstream.close()


class Upstream:
    """One service that listens. Made by `serve`."""

    def __init__(self, service: Service, latency: Callable[[str], float], door: Door) -> None:
        self.name = service.name
        self.url = f"http://{door.host}:{door.port}"
        self.fault: Fault | None = None
        self._service = service
        self._latency = latency
        self._door = door
        self._switching = asyncio.Lock()
        self._traffic = Traffic()

    @property
    def stats(self) -> Stats:
        return self._traffic.stats

    @property
    def recent(self) -> Sequence[Request]:
        """The last hundred requests, oldest first."""
        return self._traffic.recent

    async def break_with(self, fault: Fault | str) -> None:
        """Break every request that comes from now on, until mended. Raises `FaultError`."""
        parsed = parse_fault(fault) if isinstance(fault, str) else fault
        async with self._switching:
            self.fault = parsed
            if parsed.refuses:
                self._door.shut()
                self._hang_up()
            else:
                await self._door.open(self._accept)

    async def mend(self) -> None:
        """Be healthy again, under the same URL. Who still waits for an answer that will never come waits no longer."""
        async with self._switching:
            self.fault = None
            for connection in tuple(self._traffic.open):
                if connection.is_silent:
                    connection.abort()
            await self._door.open(self._accept)

    async def close_idle(self, after: float) -> None:
        """Close, for as long as this runs, connections without a request for `after` seconds."""
        while True:
            await asyncio.sleep(after / 4)
            for connection in tuple(self._traffic.open):
                if connection.quiet_for() > after:
                    connection.abort()

    def close(self) -> None:
        """End at once."""
        self._door.close()
        self._hang_up()

    def _accept(self) -> Connection:
        return Connection(self._reply, self._traffic)

    def _reply(self, request: Request) -> Script:
        answer = self._service.answer(request.target)
        self._traffic.asked(request, answer.route)
        delay = self._latency(answer.route)
        try:
            fault = parse_fault(request.fault) if request.fault else self.fault
        except FaultError as problem:
            return healthy(refusal(400, f"x-dev-break: {problem}", answer.route), 0)
        return fault.script(answer, delay) if fault else healthy(answer, delay)

    def _hang_up(self) -> None:
        for connection in tuple(self._traffic.open):
            connection.abort()
