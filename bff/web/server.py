"""uvicorn, told what we want of it."""

import contextlib
import gc
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

import uvicorn
from starlette.applications import Starlette

from bff.errors import SettingsError

DRAIN: Final = 25
"""Seconds that requests in flight have to finish after SIGTERM."""

BACKLOG: Final = 2_048


COLLECT_AFTER: Final = (20_000, 10, 50)
"""Allocations and collections between runs of the cycle collector.

Pages leave no cycles, so there is little to find and much to look through (docs/decisions/0007-garbage-collection.md).
"""


class AnnouncingServer(uvicorn.Server):
    """Says where it listens, once it does."""

    def __init__(self, config: uvicorn.Config, announce: Callable[[str], None]) -> None:
        super().__init__(config)
        self._announce = announce

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """As uvicorn's, then the announcement."""
        await super().startup(sockets)
        if self.started and sockets:
            self._announce(_url(sockets[0]))


def serve(app: Starlette, host: str, port: int, announce: Callable[[str], None]) -> None:
    """Serve until SIGTERM or SIGINT. `announce` is told the URL. Raises `SettingsError` for a port in use."""
    config = uvicorn.Config(
        app,
        http="httptools",
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=DRAIN,
    )
    # uvicorn drains on SIGTERM and then lets it end the process; a drained server has done what it was asked
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    gc.collect()
    gc.freeze()  # modules, schema and app live as long as the process: no need to look at them again
    gc.set_threshold(*COLLECT_AFTER)
    with _listening(host, port) as listener, contextlib.suppress(KeyboardInterrupt):  # drained as well
        AnnouncingServer(config, announce).run([listener])


@contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        reason = str(error.strerror).partition(" (while")[0]
        raise SettingsError(
            [f"BFF_HOST and BFF_PORT: cannot listen on {host} port {port}: {reason}. Choose another."]
        ) from error
    with listener:
        yield listener


def _url(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"
