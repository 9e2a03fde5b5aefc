"""A TCP port that can be shut, so that connecting is refused, and opened again under the same number."""

import asyncio
import socket
from collections.abc import Callable
from typing import Final

BACKLOG: Final = 1_024


class PortError(Exception):
    """A port that cannot be had; the message says why and what to do."""


class Door:
    """Bound from the start, listening between `open` and `shut`. Raises `PortError` if it cannot be had."""

    def __init__(self, host: str, port: int) -> None:
        self._socket = _bind(host, port)
        self._server: asyncio.Server | None = None
        self.host: str = host
        self.port: int = self._socket.getsockname()[1]

    async def open(self, protocol: Callable[[], asyncio.Protocol]) -> None:
        """Listen, unless it does."""
        if self._server is None:
            loop = asyncio.get_running_loop()
            self._server = await loop.create_server(protocol, sock=self._socket, backlog=BACKLOG)

    def shut(self) -> None:
        """Stop listening. The port stays bound, so that nobody else gets it meanwhile."""
        if self._server is not None:
            self._server.close()
            self._server = None
            self._socket = _bind(self.host, self.port)

    def close(self) -> None:
        """Give the port back."""
        if self._server is not None:
            self._server.close()
        self._socket.close()


def _bind(host: str, port: int) -> socket.socket:
    bound = socket.socket()
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
    except OSError as problem:
        bound.close()
        reason = problem.strerror
        raise PortError(f"Cannot listen on {host}:{port} ({reason}): give another port, or 0.") from problem
    return bound
