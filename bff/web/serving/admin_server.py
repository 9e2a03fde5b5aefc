"""The admin listener: a thread with an event loop of its own, so that it answers while the page's stands still."""

import asyncio
import contextlib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import uvicorn
from starlette.types import ASGIApp

LAST_ANSWERS: Final = 2
"""Seconds that answers under way have to finish, when the page has ended."""

TICK: Final = 1.0


class AdminServer(uvicorn.Server):
    """Ends when another thread says so."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._ended = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """As uvicorn's."""
        self._loop = asyncio.get_running_loop()
        await super().startup(sockets)

    async def main_loop(self) -> None:
        """As uvicorn's, which looks ten times a second whether it shall end."""
        while not self.should_exit:
            await self.on_tick(0)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(TICK):
                    await self._ended.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """As uvicorn's, at once where nothing is being answered."""
        if self.server_state.tasks:
            await super().shutdown(sockets)
            return
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        await asyncio.sleep(0)  # they close in the loop's next turn

    def end(self) -> None:
        """May be called from any thread."""
        self.should_exit = True
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # it has ended already
                self._loop.call_soon_threadsafe(self._ended.set)


@contextmanager
def admin_served(app: ASGIApp, listener: socket.socket) -> Iterator[None]:
    """Answered from a thread of its own until the block is left. The listener is the caller's to close."""
    config = uvicorn.Config(
        app,
        loop="asyncio",
        http="httptools",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=LAST_ANSWERS,
    )
    server = AdminServer(config)
    thread = threading.Thread(target=server.run, args=([listener],), name="bff-admin", daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.end()
        thread.join(LAST_ANSWERS + TICK)
