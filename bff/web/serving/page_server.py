"""uvicorn, told what we want of it: the page, in the main thread."""

import asyncio
import contextlib
import gc
import logging
import signal
import socket
import sys
from collections.abc import Callable
from types import FrameType
from typing import Final

import uvicorn
from starlette.applications import Starlette
from uvicorn.config import STARTUP_FAILURE

from bff.web.readiness import Readiness
from bff.web.serving.accepting import Accepting
from bff.web.serving.connections import Connections
from bff.web.serving.page_protocol import PageProtocol
from bff.web.serving.pulse import Pulse
from bff.web.serving.server_state import LINGER, PageServerState
from bff.web.serving.sweep import Sweep

DRAIN: Final = 25
"""Seconds that requests in flight have to finish after SIGTERM, what goes on before the listener is closed included."""

AT_LEAST: Final = 5
"""Seconds of them that are left for that in any case."""

ENDED_AT_ONCE: Final = 130
"""The exit code after a second signal."""

NOT_READY: Final = signal.SIGUSR1
"""By which a parent tells that all of it is to end."""

TICK: Final = 0.1

COLLECT_AFTER: Final = (20_000, 10, 50)
"""Allocations and collections between runs of the cycle collector.

Pages leave no cycles, so there is little to find and much to look through (docs/decisions/0007-garbage-collection.md).
"""


class PageServer(uvicorn.Server):
    """Says when it serves, counts its connections, ends those that take too long, and drains the rest with care."""

    server_state: PageServerState

    def __init__(
        self,
        config: uvicorn.Config,
        state: PageServerState,
        readiness: Readiness,
        serving: Callable[[], None],
        *,
        one_of_several: bool = False,
    ) -> None:
        super().__init__(config)
        self.server_state = state
        self._readiness = readiness
        self._one_of_several = one_of_several
        self._serving = serving
        self._pulse = None if state.gate is None else Pulse(state.gate.looked)
        options = state.options
        shortest = min(options.headers, options.body, options.idle, options.idle_of_proxies, options.unread)
        self._sweep = Sweep(lambda: state.connections, shortest)  # type: ignore[arg-type,return-value]  # all are ours

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """As uvicorn's, but for how connections are taken; then it is said."""
        await self.lifespan.startup()
        if self.lifespan.should_exit:
            sys.exit(STARTUP_FAILURE)
        taking = [Accepting(listener, self._protocol, self.server_state) for listener in sockets or ()]
        self.servers = taking  # type: ignore[assignment]  # closed as asyncio's are, and nothing else
        self.started = True
        self._sweep.begin()
        if self._pulse is not None:
            self._pulse.begin()
        self._serving()

    def _protocol(self) -> asyncio.Protocol:
        return PageProtocol(config=self.config, server_state=self.server_state, app_state=self.lifespan.state)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """As uvicorn's, once whoever sends requests has had time to hear of it. Every connection knows."""
        if not self._one_of_several:
            await self._lead()
        self.server_state.draining = True
        await super().shutdown(sockets)
        self._sweep.cease()
        if self._pulse is not None:
            self._pulse.cease()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """The first signal lets it drain; a second one, whichever, ends it at once."""
        if not self._one_of_several:
            self._readiness.ends()
        if self.should_exit:
            self.force_exit = True
            logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)  # what is cut off is no bug to tell of
            for connection in list(self.server_state.connections):
                connection.transport.abort()
            for task in list(self.server_state.tasks):
                task.cancel()
        super().handle_exit(sig, frame)

    async def _lead(self) -> None:
        until = asyncio.get_running_loop().time() + self._readiness.lead
        while asyncio.get_running_loop().time() < until and not self.force_exit:  # noqa: ASYNC110 - a signal sets it
            await asyncio.sleep(TICK)


def serve_page(
    app: Starlette,
    listener: socket.socket,
    serving: Callable[[], None],
    *,
    linger: float = LINGER,
    one_of_several: bool = False,
) -> None:
    """Serve until SIGTERM or SIGINT, and drain. `serving` is called as soon as requests are answered.

    `one_of_several`: when this one ends another one serves on, so it says that it is not ready only when told so, by
    SIGUSR1.

    Where the app has them: `app.state.connections` counts them and says what is expected of them, `app.state.gate` is
    asked before each page, and `app.state.readiness` is told of the end.
    """
    readiness = getattr(app.state, "readiness", None) or Readiness()
    config = uvicorn.Config(
        app,
        http=PageProtocol,
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=max(AT_LEAST, round(DRAIN - readiness.lead)),
    )
    counted = getattr(app.state, "connections", None) or Connections()
    state = PageServerState(counted, gate=getattr(app.state, "gate", None), linger=linger)
    server = PageServer(config, state, readiness, serving, one_of_several=one_of_several)
    signal.signal(NOT_READY, lambda *_: readiness.ends())
    # uvicorn drains on SIGTERM and then lets it end the process; a drained server has done what it was asked
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(ENDED_AT_ONCE if server.force_exit else 0))
    gc.collect()
    gc.freeze()  # modules, schema and app live as long as the process: no need to look at them again
    gc.set_threshold(*COLLECT_AFTER)
    with contextlib.suppress(KeyboardInterrupt):  # drained as well
        server.run([listener])
    if server.force_exit:
        sys.exit(ENDED_AT_ONCE)
