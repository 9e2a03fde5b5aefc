"""What a simulated upstream has seen: connections, requests, clients that left."""

from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from .connection import Connection
from .request import Request

REQUESTS_KEPT: Final = 100


@dataclass(frozen=True, slots=True)
class Stats:
    """Counts since the start; `open` is of this moment.

    `routes` are requests by route, such as `messages` and `messages by ids`; `abandoned` are requests whose
    client closed the connection before the answer was out.
    """

    requests: int
    connections: int
    open: int
    abandoned: int
    routes: dict[str, int]


class Traffic:
    """Keeps count, and keeps the open connections and the last hundred requests."""

    def __init__(self) -> None:
        self.open: set[Connection] = set()
        self._connections = 0
        self._abandoned = 0
        self._routes: Counter[str] = Counter()
        self._recent: deque[Request] = deque(maxlen=REQUESTS_KEPT)

    def opened(self, connection: Connection) -> None:
        self.open.add(connection)
        self._connections += 1

    def lost(self, connection: Connection) -> None:
        self.open.discard(connection)
        self._abandoned += connection.abandoned

    def asked(self, request: Request, route: str) -> None:
        self._routes[route] += 1
        self._recent.append(request)

    @property
    def recent(self) -> Sequence[Request]:
        """The last requests, oldest first."""
        return tuple(self._recent)

    @property
    def stats(self) -> Stats:
        routes = dict(self._routes)
        return Stats(sum(routes.values()), self._connections, len(self.open), self._abandoned, routes)
