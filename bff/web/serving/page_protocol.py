"""uvicorn's side of a connection: counted, and drained so that no request is lost."""

import asyncio

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import ServerState

from bff.web.serving.connections import Connections


class PageServerState(ServerState):
    """What the connections of one server share."""

    def __init__(self, connections: Connections, linger: float) -> None:
        super().__init__()
        self.counted = connections
        self.linger = linger
        """Seconds that an idle connection is kept when the server drains."""

        self.draining = False


class PageProtocol(HttpToolsProtocol):
    """One connection.

    uvicorn closes idle connections as soon as it drains, also when a request is on its way in. Here one more request
    is answered on each, with `connection: close`, and only what stays idle is closed.
    """

    server_state: PageServerState

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Counted."""
        super().connection_made(transport)
        self.server_state.counted.made += 1
        if self.server_state.draining:  # accepted just before the listener was closed
            self.shutdown()

    def connection_lost(self, exc: Exception | None) -> None:
        """Counted."""
        super().connection_lost(exc)
        self.server_state.counted.lost += 1

    def on_headers_complete(self) -> None:
        """The last request of this connection, while the server drains."""
        super().on_headers_complete()
        if self.server_state.draining:
            self.cycle.keep_alive = False

    def shutdown(self) -> None:
        """The server drains."""
        if self._is_idle() and self.server_state.linger > 0:
            self.loop.call_later(self.server_state.linger, self._leave)
        else:
            super().shutdown()

    def _leave(self) -> None:
        if self._is_idle() and not self.transport.is_closing():
            self.transport.close()

    def _is_idle(self) -> bool:
        cycle: RequestResponseCycle | None = self.cycle  # None until the first request, whatever its annotation says
        return cycle is None or cycle.response_complete
