"""uvicorn, told what we want of it: the page, in the main thread."""

import contextlib
import gc
import signal
import socket
import sys
from collections.abc import Callable
from typing import Final

import uvicorn
from starlette.applications import Starlette

from bff.web.serving.connections import Connections
from bff.web.serving.page_protocol import PageProtocol, PageServerState

DRAIN: Final = 25
"""Seconds that requests in flight have to finish after SIGTERM."""

LINGER: Final = 1.0
"""Seconds that a drained server keeps an idle connection, for a request that may be on its way."""

COLLECT_AFTER: Final = (20_000, 10, 50)
"""Allocations and collections between runs of the cycle collector.

Pages leave no cycles, so there is little to find and much to look through (docs/decisions/0007-garbage-collection.md).
"""


class PageServer(uvicorn.Server):
    """Says when it serves, counts its connections, and drains them with care."""

    server_state: PageServerState

    def __init__(self, config: uvicorn.Config, state: PageServerState, serving: Callable[[], None]) -> None:
        super().__init__(config)
        self.server_state = state
        self._serving = serving

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """As uvicorn's, then it is said."""
        await super().startup(sockets)
        if self.started:
            self._serving()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """As uvicorn's; every connection knows."""
        self.server_state.draining = True
        await super().shutdown(sockets)


def serve_page(app: Starlette, listener: socket.socket, serving: Callable[[], None], *, linger: float = LINGER) -> None:
    """Serve until SIGTERM or SIGINT, and drain. `serving` is called as soon as requests are answered.

    `app.state.connections` counts them, where the app has such a thing.
    """
    config = uvicorn.Config(
        app,
        http=PageProtocol,
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=DRAIN,
    )
    state = PageServerState(getattr(app.state, "connections", Connections()), linger)
    # uvicorn drains on SIGTERM and then lets it end the process; a drained server has done what it was asked
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    gc.collect()
    gc.freeze()  # modules, schema and app live as long as the process: no need to look at them again
    gc.set_threshold(*COLLECT_AFTER)
    with contextlib.suppress(KeyboardInterrupt):  # drained as well
        PageServer(config, state, serving).run([listener])
