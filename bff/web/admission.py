"""The gate before all pages: so many are made at once, and who comes then is told to come again."""

import time
from collections.abc import Iterable, Sequence
from typing import Final

import orjson
from starlette.types import ASGIApp, Receive, Scope, Send

from bff.errors import Overloaded
from bff.events import LimitExceeded, Listener, PageShed
from bff.resilience.mode import Mode
from bff.settings.edge import Overload
from bff.web.in_flight import InFlight
from bff.web.line import Line, Ticket
from bff.web.readiness import Readiness
from bff.web.refusal import Headers, Refusal
from bff.web.room import Room

PAGES: Final = "/graphql"

TICKET: Final = "bff.ticket"
"""The extension of a scope whose request was let in before."""

GUARDED: Final = frozenset({"GET", "POST"})


class Gate:
    """What all requests of an app share. Asked by our server before it makes a task, by `Admission` elsewhere."""

    def __init__(
        self,
        overload: Overload,
        in_flight: InFlight,
        tell: Listener,
        readiness: Readiness,
        origins: Sequence[str] = (),
    ) -> None:
        self.enforced = overload.mode is Mode.ENFORCE
        self._in_flight = in_flight
        self._room = Room(overload.pages_in_flight)
        self._line = Line(in_flight, self._room, enforced=self.enforced)
        self._tell = tell
        self._readiness = readiness
        self._refusal = Refusal(Overloaded.status, _BODY, origins)

    @property
    def waiting(self) -> int:
        """Requests that wait for their turn, in a burst."""
        return self._line.waiting

    def looked(self, late: float, busy: float) -> None:
        """At the event loop: as `Room` says. Without being told there is always as much room."""
        self._room.looked(late, busy, self._in_flight.pages)
        self._line.call()

    def waited(self, seconds: float) -> None:
        """As `Room` says."""
        self._room.waited(seconds)

    def guards(self, scope: Scope) -> bool:
        """Whether this is a page's request."""
        return scope["path"] == PAGES and scope["method"] in GUARDED

    def is_shut(self) -> bool:
        """Whether it would refuse; asking costs nothing."""
        return self.enforced and self._line.is_full()

    def refuses(self) -> bool:
        """Whether a page's request that comes now is refused. Asked once for each."""
        full = self._line.is_full()
        self._readiness.saw(shed=full)
        if full and not self.enforced:
            self._tell(LimitExceeded("pages", self._in_flight.pages, self._room.size, enforced=False))
        return full and self.enforced

    def enter(self) -> Ticket:
        """A ticket for one that is not, to be given back by `leave`."""
        return self._line.enter()

    def leave(self, ticket: Ticket) -> None:
        """Its request is over, however it ended. Once more does no harm."""
        self._line.leave(ticket)

    def refusal(self, headers: Iterable[tuple[bytes, bytes]]) -> tuple[Headers, bytes]:
        """What is answered instead of a page: made beforehand but for the request's id."""
        return self._refusal.to(headers)

    def shed(self, seconds: float) -> None:
        """One was refused, and answered so many seconds after it had come."""
        self._tell(PageShed(seconds))


class Admission:
    """ASGI middleware, outermost. A request that has a ticket already only waits for its turn here."""

    def __init__(self, app: ASGIApp, gate: Gate) -> None:
        self._app = app
        self._gate = gate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As ASGI wants it."""
        if scope["type"] != "http" or not self._gate.guards(scope):
            await self._app(scope, receive, send)
        elif ticket := scope.get("extensions", {}).get(TICKET):
            await ticket.turn()
            await self._app(scope, receive, send)
        elif self._gate.refuses():
            await self._refuse(scope, send)
        else:
            ticket = self._gate.enter()
            try:
                await ticket.turn()
                await self._app(scope, receive, send)
            finally:
                self._gate.leave(ticket)

    async def _refuse(self, scope: Scope, send: Send) -> None:
        began = time.perf_counter()
        headers, body = self._gate.refusal(scope["headers"])
        await send({"type": "http.response.start", "status": Overloaded.status, "headers": [*headers]})
        await send({"type": "http.response.body", "body": body})
        self._gate.shed(time.perf_counter() - began)


_BODY: Final = orjson.dumps(
    {
        "errors": [
            {
                "message": "More pages are asked for than can be made right now. Try again in a moment.",
                "extensions": {"code": Overloaded.code},
            }
        ]
    }
)
