"""uvicorn's side of a connection: counted, bounded in time and memory, and drained so that no request is lost.

What uvicorn leaves open (docs/decisions/0032-slow-clients-at-the-protocol.md) is kept here: when which byte is due, how
large a head may be, how many requests may come ahead of their answers, and that a page is begun only when its request
is whole.
"""

import asyncio
import time
from collections.abc import Callable, Iterable
from enum import Enum, auto
from typing import Any, Final

import httptools
from uvicorn.protocols.http.flow_control import HIGH_WATER_LIMIT
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from bff.events import ConnectionEnded
from bff.web.admission import PAGES, TICKET, Gate
from bff.web.serving.last_words import LAST_WORDS, response
from bff.web.serving.server_state import PageServerState

MOST_HEAD: Final = 64_000
"""Bytes of a request's line and headers."""

MOST_HEADERS: Final = 100

MOST_URL: Final = 8_000

MOST_AHEAD: Final = 8
"""Requests that may wait for the answers before theirs. No browser sends even one; what comes after is not read."""

OVERHEAD: Final = 8
"""Bytes for each byte of a body that its encoding may cost, besides what a head may have: chunks of one byte cost 5."""

AT_ONCE: Final = PAGES.encode()
"""The address of most requests for pages. What is asked for by another spelling is refused a little later."""

NEVER: Final = float("inf")


class Coming(Enum):
    """What the client is to send next."""

    NOTHING = auto()
    """A request, whenever it likes."""

    HEAD = auto()
    BODY = auto()


class PageProtocol(HttpToolsProtocol):
    """One connection."""

    server_state: PageServerState

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Counted, and its deadlines begin."""
        super().connection_made(transport)
        state, self._options = self.server_state, self.server_state.options
        state.counted.made += 1
        self._of_proxy = self.client is not None and state.counted.trusts(self.client[0])
        self._idle = self._options.idle_of_proxies if self._of_proxy else self._options.idle
        self._coming = Coming.NOTHING
        self._deaf = False
        """What comes from now on is not read: the last request is known."""

        self._refusal: tuple[int, str] | None = None
        self._running: RequestResponseCycle | None = None
        self._awaited: tuple[RequestResponseCycle, Any] | None = None
        """The next to be answered, whose body is on its way."""

        self._unread_since: float | None = None
        self._is_first = True
        self._made_at = time.monotonic()
        self._head_at = self._made_at
        self._due = self._made_at + (self._idle if self._of_proxy else min(self._idle, self._options.headers))
        self._got = self._reading = self._body = 0
        if state.draining:  # accepted just before the listener was closed
            self.shutdown()

    def connection_lost(self, exc: Exception | None) -> None:
        """Counted. uvicorn tells the last request alone that its client is gone; here the one being answered too."""
        super().connection_lost(exc)
        self.server_state.counted.lost += 1
        self.pipeline.clear()
        self._awaited = None
        if self._running is not None:
            self._running.disconnected = True
            self._running.message_event.set()

    # What comes

    def data_received(self, data: bytes) -> None:
        """As uvicorn's; nothing of it is logged."""
        while data and not self._deaf:
            piece, data = data, b""
            if self._coming is not Coming.BODY and self._got + len(piece) > MOST_HEAD:
                room = max(MOST_HEAD - (self._got if self._coming is Coming.HEAD else 0), 1)
                piece, data = piece[:room], piece[room:]
            self._feed(piece)
            if self._coming is Coming.HEAD and self._got >= MOST_HEAD:
                self._refuse(414 if len(self.url) > MOST_URL else 431, "headers too large")

    def _feed(self, data: bytes) -> None:
        self._reading = len(data) if self._coming is Coming.NOTHING else 0
        self._got += len(data)
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade:  # answered as if it had not been asked for, and then it is over
            self._be_deaf()
        except httptools.HttpParserError:
            self._refuse(400, "malformed")
        if self._refusal is not None:
            (status, reason), self._refusal = self._refusal, None
            self._refuse(status, reason)
        elif self._coming is Coming.BODY and self._got - self._body > 2 * MOST_HEAD + OVERHEAD * self._body:
            self._refuse(400, "malformed")

    def _be_deaf(self) -> None:
        """The last request has come, unless it was one to refuse."""
        if self._refusal is None:
            self._deaf = True
            self.cycle.keep_alive = False
            if self.cycle.response_complete:
                self.transport.close()

    def on_message_begin(self) -> None:
        """Its head is due from its first byte; the first one's from when the connection was made, but for a proxy."""
        super().on_message_begin()
        now = time.monotonic()
        self._due = (self._made_at if self._is_first and not self._of_proxy else now) + self._options.headers
        self._is_first = False
        self._coming = Coming.HEAD
        self._got, self._reading, self._body = self._reading, 0, 0

    def on_headers_complete(self) -> None:
        """Refused where it is too much; the last request of this connection while the server drains."""
        if self._deaf or self._refusal is not None:
            return
        if len(self.url) > MOST_URL:
            self._refusal = 414, "headers too large"
        elif len(self.headers) > MOST_HEADERS:
            self._refusal = 431, "headers too large"
        elif not self._is_sound():
            self._refusal = 400, "malformed"
        elif len(self.pipeline) >= MOST_AHEAD:
            self._be_deaf()
            self._coming = Coming.NOTHING
        else:
            self._head_at = time.monotonic()
            self._coming = Coming.BODY
            self._due = self._head_at + self._options.body
            if not self._refuses_at_once():
                self._coming = Coming.HEAD  # an address that cannot be read is refused with it
                super().on_headers_complete()
                self._coming = Coming.BODY
                if self.server_state.draining:
                    self.cycle.keep_alive = False
            self.headers = []  # trailers are no headers: they go nowhere

    def _is_sound(self) -> bool:
        """Of a version that is spoken here, for one host."""
        version = self.parser.get_http_version()
        hosts = sum(name == b"host" for name, _ in self.headers)
        return (version == "1.1" and hosts == 1) or (version == "1.0" and hosts <= 1)

    def on_body(self, body: bytes) -> None:
        """Kept until it is whole; handed on as it comes where it is too large for that."""
        self._body += len(body)
        cycle = self.cycle
        if self._deaf or self._refusal is not None or cycle.response_complete:
            return
        cycle.body += body
        if self._awaited is not None and self._awaited[0] is cycle:
            if len(cycle.body) > self.server_state.counted.whole:
                self._begin(*self._awaited)
        elif len(cycle.body) > HIGH_WATER_LIMIT:
            self.flow.pause_reading()
        cycle.message_event.set()

    def on_message_complete(self) -> None:
        """The request is whole, and is begun if it is its turn."""
        if self._deaf or self._refusal is not None:
            return
        self._coming = Coming.NOTHING
        self._got = 0
        cycle = self.cycle
        if not cycle.response_complete:
            cycle.more_body = False
            cycle.message_event.set()
        if self._awaited is not None and self._awaited[0] is cycle:
            self._begin(*self._awaited)
        else:
            self._rest()

    # What is answered

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        """It is this request's turn. uvicorn begins it at once; here that waits for its body."""
        if not cycle.more_body or self._is_too_large(cycle):
            self._begin(cycle, app)
            return
        self._awaited = cycle, app
        if cycle.waiting_for_100_continue:
            cycle.waiting_for_100_continue = False
            self.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def _is_too_large(self, cycle: RequestResponseCycle) -> bool:
        """To be kept; it will be refused by whoever reads it, better before than after it has come."""
        most = self.server_state.counted.whole
        if len(cycle.body) > most:
            return True
        return any(name == b"content-length" and int(value) > most for name, value in cycle.scope["headers"])

    def _begin(self, cycle: RequestResponseCycle, app: Any) -> None:
        self._awaited = None
        self._running = cycle
        self._due = self._due if cycle.more_body else NEVER
        gate = self.server_state.gate
        if gate is None or not gate.guards(cycle.scope):  # type: ignore[arg-type]  # uvicorn's scope is a TypedDict
            self._make_task(cycle, app)
        elif gate.refuses():
            cycle.response_started = cycle.response_complete = True
            self._shed(gate, cycle.scope["headers"], closes=not cycle.keep_alive)
            self.on_response_complete()
        else:
            ticket = gate.enter()
            cycle.scope["extensions"] = {TICKET: ticket}  # type: ignore[dict-item]  # uvicorn knows its own alone
            self._make_task(cycle, app, lambda _: gate.leave(ticket))

    def _make_task(
        self, cycle: RequestResponseCycle, app: Any, ended: Callable[[asyncio.Task[None]], None] | None = None
    ) -> None:
        task = self.loop.create_task(cycle.run_asgi(app))
        task.add_done_callback(self.tasks.discard)
        if ended is not None:
            task.add_done_callback(ended)
        self.tasks.add(task)

    def _refuses_at_once(self) -> bool:
        """On a connection that has nothing else to answer: before anything is made for this request. What comes of its
        body goes nowhere, as after any answer that does not wait for it.
        """
        gate = self.server_state.gate
        free = self._running is None and self._awaited is None and not self.pipeline
        if gate is None or not free or self.cycle is None:  # until there was one
            return False
        if self.url != AT_ONCE or self.parser.get_method() != b"POST" or not gate.is_shut() or not gate.refuses():
            return False
        self.server_state.total_requests += 1
        version = self.parser.get_http_version()
        keeps = version == "1.1" and self.parser.should_keep_alive() and not self.server_state.draining
        self._shed(gate, self.headers, closes=not keeps)
        return True

    def _shed(self, gate: Gate, asked: Iterable[tuple[bytes, bytes]], *, closes: bool) -> None:
        """Answered without a task: one costs as much as all the rest of this."""
        headers, body = gate.refusal(asked)
        self.transport.write(response(503, [*self.server_state.default_headers, *headers], body, closes=closes))
        if closes:
            self._deaf = True
            self.transport.close()
        gate.shed(time.monotonic() - self._head_at)

    def on_response_complete(self) -> None:
        """The next one's turn; without uvicorn's timer."""
        self.server_state.total_requests += 1
        self._running = None
        if self.transport.is_closing():
            return
        self.flow.resume_reading()
        if self.pipeline:
            self._start_asgi_task(*self.pipeline.pop())
        else:
            self._rest()

    def _rest(self) -> None:
        """Where nothing is under way, the next request is due before the connection counts as idle."""
        if self._coming is Coming.NOTHING and self._running is None and self._awaited is None:
            self._due = time.monotonic() + self._idle

    # What takes too long

    def resume_writing(self) -> None:
        """The client reads: its time begins anew."""
        super().resume_writing()
        self._unread_since = None

    def overdue(self, now: float) -> str | None:
        """As `Swept` says."""
        if self._is_unread(now):
            return "not reading"
        if now < self._due or self.transport.is_closing() or self._unread_since is not None:
            return None
        if self.flow.read_paused:  # it is we who do not read
            return None
        if self._coming is Coming.BODY and self._running in (None, self.cycle):
            return "slow body"
        if self._running is not None:
            return None
        return "slow headers" if self._coming is Coming.HEAD else "idle"

    def _is_unread(self, now: float) -> bool:
        try:
            written = not self._is_first and self.transport.get_write_buffer_size()
        except RuntimeError:  # uvloop's word for a transport that is closed, of which we shall hear
            written = 0
        if not written:
            self._unread_since = None
            return False
        if self._unread_since is None:
            self._unread_since = now
        return now - self._unread_since >= self._options.unread

    def end(self, reason: str) -> None:
        """As `Swept` says."""
        if reason == "not reading":
            self.server_state.counted.tell(ConnectionEnded(reason))
            self.transport.abort()
        else:
            self._refuse(None if reason == "idle" else 408, reason)

    def _refuse(self, status: int | None, reason: str) -> None:
        """Nothing more is read. What had come whole before is answered still, then the connection is closed."""
        self._deaf = True
        self.server_state.counted.tell(ConnectionEnded(reason))
        broken = self.cycle if self._coming is Coming.BODY else None
        self._awaited = None
        if broken is not None and self.pipeline and self.pipeline[0][0] is broken:
            self.pipeline.popleft()
        if self._running is not None and self._running is not broken:
            last = self.pipeline[0][0] if self.pipeline else self._running
            last.keep_alive = False
            return
        if broken is not None and broken is self._running:
            broken.disconnected = True
            broken.message_event.set()
        if status is not None and not (broken is not None and broken.response_started):
            self.transport.write(LAST_WORDS[status])
        self.transport.close()

    # The end of the server

    def shutdown(self) -> None:
        """The server drains.

        uvicorn closes idle connections as soon as it drains, also when a request is on its way in. Here one more
        request is answered on each, with `connection: close`, and only what stays idle is closed.
        """
        if self._is_idle() and self.server_state.linger > 0:
            self.loop.call_later(self.server_state.linger, self._leave)
        else:
            super().shutdown()

    def _leave(self) -> None:
        if self._is_idle() and self._coming is Coming.NOTHING and not self.transport.is_closing():
            self.transport.close()

    def _is_idle(self) -> bool:
        cycle: RequestResponseCycle | None = self.cycle  # None until the first request, whatever its annotation says
        return cycle is None or cycle.response_complete
