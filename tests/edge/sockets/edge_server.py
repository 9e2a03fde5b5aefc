"""The page's server before a small app, in this event loop, over real sockets."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from bff.events import ConnectionEnded, Event, LimitExceeded, PageShed
from bff.settings.edge import ClientConnections, Overload
from bff.web.admission import Admission, Gate
from bff.web.in_flight import InFlight
from bff.web.readiness import Readiness
from bff.web.serving.connections import Connections
from bff.web.serving.page_protocol import PageProtocol
from bff.web.serving.page_server import PageServer
from bff.web.serving.server_state import PageServerState

IN_TIME = 5.0
"""Seconds within which anything here has to happen."""

SHORT = 0.4


def patient(**options: float) -> ClientConnections:
    """Nothing is late but what is given."""
    times = dict.fromkeys(("headers", "body", "idle", "idle_of_proxies", "unread"), 60.0)
    most = int(options.pop("most", 10_000))
    return ClientConnections(most=most, **{**times, **options})


@dataclass
class Edge:
    """A server that runs. `seen` are the paths of requests that were begun, `release` lets those at `/waits` go on."""

    port: int
    in_flight: InFlight
    readiness: Readiness
    connections: Connections
    gate: Gate
    events: list[Event]
    seen: list[str] = field(default_factory=list)
    gone: int = 0
    release: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def ended(self) -> list[str]:
        """Why connections were ended."""
        return [event.reason for event in self.events if isinstance(event, ConnectionEnded)]

    @property
    def over_a_limit(self) -> list[LimitExceeded]:
        """What would have been refused."""
        return [event for event in self.events if isinstance(event, LimitExceeded)]

    @property
    def shed(self) -> list[float]:
        """Seconds that refusals took."""
        return [event.seconds for event in self.events if isinstance(event, PageShed)]

    async def page(self, request: Request) -> Response:
        """It waits to be released where `?wait` is asked for."""
        self.seen.append(request.url.path)
        with contextlib.suppress(ClientDisconnect):
            await request.body()
        if "crash" in request.query_params:
            raise RuntimeError("on purpose")
        if "wait" in request.query_params:
            await self._released_or_gone(request)
        return PlainTextResponse("page")

    async def large(self, request: Request) -> Response:
        """Ten megabytes, in pieces."""
        self.seen.append(request.url.path)

        async def pieces() -> AsyncIterator[bytes]:
            for _ in range(160):
                yield b"x" * 65_536

        return StreamingResponse(pieces())

    async def middling(self, request: Request) -> Response:
        """As large as a page."""
        self.seen.append(request.url.path)
        return PlainTextResponse("x" * 20_000)

    async def frames(self, request: Request) -> Response:
        """One at once, another one when released."""
        self.seen.append(request.url.path)

        async def two() -> AsyncIterator[bytes]:
            yield b"first "
            await self.release.wait()
            yield b"last"

        return StreamingResponse(two())

    async def live(self, _: Request) -> Response:
        """As /health/live."""
        return PlainTextResponse("live")

    async def echo(self, request: Request) -> Response:
        """The body's length and the names of the headers."""
        self.seen.append(request.url.path)
        body = await request.body()
        return PlainTextResponse(f"{len(body)} {sorted(request.headers.keys())}")

    async def _released_or_gone(self, request: Request) -> None:
        released = asyncio.ensure_future(self.release.wait())
        leaving = asyncio.ensure_future(_gone(request))
        await asyncio.wait((released, leaving), return_when=asyncio.FIRST_COMPLETED)
        self.gone += leaving.done()
        for task in (released, leaving):
            task.cancel()
        await asyncio.gather(released, leaving, return_exceptions=True)


async def _gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


@asynccontextmanager
async def edge(
    options: ClientConnections | None = None,
    *,
    overload: Overload | None = None,
    trusts: Callable[[str | None], bool] = lambda _: False,
    whole: int = 100_000,
    by_middleware: bool = False,
    frames: str = "/frames",
) -> AsyncIterator[Edge]:
    """One, for as long as the block. `by_middleware`: the server itself knows nothing of the gate. `frames` is where an
    answer comes in two."""
    overload = overload or Overload(1_000)
    in_flight, readiness = InFlight(), Readiness(overload.unready_at)
    listener = socket.create_server(("127.0.0.1", 0), backlog=2_048)
    connections = Connections(options or patient(), trusts, whole=whole)
    events: list[Event] = []
    connections.tell = events.append
    gate = Gate(overload, in_flight, events.append, readiness, ["https://shop.test"])
    running = Edge(listener.getsockname()[1], in_flight, readiness, connections, gate, events)
    app = Starlette(
        routes=[
            Route(frames, running.frames, methods=["POST"]),
            Route("/graphql", running.page, methods=["GET", "POST"]),
            Route("/large", running.large),
            Route("/middling", running.middling),
            Route("/echo", running.echo, methods=["GET", "POST"]),
            Route("/health/live", running.live),
        ],
        middleware=[Middleware(Admission, gate=gate)],
    )
    config = uvicorn.Config(
        app, http=PageProtocol, ws="none", lifespan="off", log_config=None, access_log=False, proxy_headers=False
    )
    started = asyncio.Event()
    state = PageServerState(connections, gate=None if by_middleware else gate, linger=0)
    server = PageServer(config, state, readiness, started.set)
    task = asyncio.create_task(server._serve([listener]))
    await started.wait()
    try:
        yield running
    finally:
        running.release.set()
        for connection in list(state.connections):
            connection.transport.abort()
        server._sweep.cease()
        if server._pulse is not None:
            server._pulse.cease()
        for taking in server.servers:
            taking.close()
        task.cancel()  # it looks only now and then whether it shall end
        await asyncio.gather(task, *state.tasks, return_exceptions=True)


@dataclass
class Client:
    """A bare connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    def send(self, data: bytes) -> None:
        """Without waiting; to nobody, where the server has closed."""
        if not self.writer.is_closing():
            self.writer.write(data)

    def stop_reading(self) -> None:
        """What the server says stays in the kernel."""
        self.writer.transport.pause_reading()  # type: ignore[attr-defined]  # this one goes both ways

    async def rest(self, within: float = IN_TIME) -> bytes:
        """All that comes until the server closes. Raises `TimeoutError` where it does not."""
        got = b""
        async with asyncio.timeout(within):
            with contextlib.suppress(ConnectionError):
                while piece := await self.reader.read(65_536):
                    got += piece
        return got

    async def answer(self, within: float = IN_TIME) -> bytes:
        """One answer with a content-length: its head and body."""
        async with asyncio.timeout(within):
            head = await self.reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
            return head + await self.reader.readexactly(length)


@asynccontextmanager
async def client(port: int, *, receives: int | None = None) -> AsyncIterator[Client]:
    """One. `receives`: the size of its socket's buffer."""
    sock = socket.socket()
    if receives is not None:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receives)
    sock.setblocking(False)
    await asyncio.get_running_loop().sock_connect(sock, ("127.0.0.1", port))
    # what nobody reads must stay in the kernel, so the stream itself takes little
    reader, writer = await asyncio.open_connection(sock=sock, limit=1_024 if receives else 65_536)
    try:
        yield Client(reader, writer)
    finally:
        writer.transport.abort()


def get(path: str, *more: str) -> bytes:
    """A request."""
    return "\r\n".join([f"GET {path} HTTP/1.1", "host: x", *more, "", ""]).encode()


def post(path: str, body: bytes = b"{}", *more: str) -> bytes:
    """A request with a body."""
    head = [f"POST {path} HTTP/1.1", "host: x", f"content-length: {len(body)}", *more, "", ""]
    return "\r\n".join(head).encode() + body


async def until(condition: Callable[[], bool], within: float = IN_TIME) -> None:
    """Wait for it."""
    async with asyncio.timeout(within):
        while not condition():  # noqa: ASYNC110 - counters, which have no event for each
            await asyncio.sleep(0.005)
