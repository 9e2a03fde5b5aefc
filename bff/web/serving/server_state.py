"""What the connections of one server share."""

from typing import Final

from uvicorn.server import ServerState

from bff.web.admission import Gate
from bff.web.serving.connections import Connections
from bff.web.serving.descriptors import connections_granted

LINGER: Final = 1.0
"""Seconds that a drained server keeps an idle connection, for a request that may be on its way."""


class PageServerState(ServerState):
    """As uvicorn's. `gate` is asked before a task is made for a page."""

    def __init__(self, counted: Connections, *, gate: Gate | None = None, linger: float = LINGER) -> None:
        super().__init__()
        self.counted = counted
        self.options = counted.options
        self.gate = gate
        self.linger = linger
        """Seconds that an idle connection is kept when the server drains."""

        self.most = min(counted.options.most, connections_granted())
        self.draining = False
