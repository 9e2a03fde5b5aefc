"""One connection to a simulated upstream: requests in, one at a time, and their scripts played."""

import asyncio
import socket
import struct
from collections.abc import Callable
from typing import Final, Protocol, cast

from .request import BadRequestError, Request, take_request
from .scripts import healthy
from .wire import Ending, Script, refusal

MAX_UNREAD: Final = 100_000
# With this, closing a socket sends a reset and not an orderly end.
NO_LINGER: Final = struct.pack("ii", 1, 0)


class Observer(Protocol):
    """Is told when a connection comes and goes."""

    def opened(self, connection: "Connection") -> None: ...

    def lost(self, connection: "Connection") -> None: ...


class Connection(asyncio.Protocol):
    """Plays the script that `reply` gives for each request, one request after the other."""

    def __init__(self, reply: Callable[[Request], Script], observer: Observer) -> None:
        self._reply = reply
        self._observer = observer
        self._loop = asyncio.get_running_loop()
        self._buffer = bytearray()
        self._script: Script | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._keep_alive = True
        self._reader_is_behind = False
        self._ended_here = False
        self.is_silent = False
        """Whether it owes an answer that will never come."""
        self._quiet_since = self._loop.time()

    @property
    def abandoned(self) -> bool:
        """Whether, being lost, it was the client that left a request unanswered."""
        return self._script is not None and not self._ended_here

    def quiet_for(self) -> float:
        """Seconds since it was opened or last answered; 0 while it is answering."""
        return 0 if self._script is not None else self._loop.time() - self._quiet_since

    def close(self) -> None:
        """End it when what was written is sent."""
        self._ended_here = True
        self._transport.close()

    def abort(self, *, reset: bool = False) -> None:
        """End it at once, with a reset if so wanted."""
        if reset:
            accepted = self._transport.get_extra_info("socket")
            accepted.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NO_LINGER)
        self._ended_here = True
        self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._observer.opened(self)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._observer.lost(self)

    def pause_writing(self) -> None:
        self._reader_is_behind = True

    def resume_writing(self) -> None:
        self._reader_is_behind = False
        if self._script is None:
            self._advance()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if len(self._buffer) > MAX_UNREAD:
            self.abort()
        elif self._script is None:
            self._advance()

    def _advance(self) -> None:
        """Go on until there is something to wait for: a moment, a request, a reader that keeps up."""
        while script := self._script or self._take_up():
            if not self._play(script):
                return
            self._script = None
            self._quiet_since = self._loop.time()
            if not self._keep_alive:
                self.close()

    def _take_up(self) -> Script | None:
        """Start on the next request, if there is one."""
        if self._reader_is_behind or self._ended_here:
            return None
        try:
            request = take_request(self._buffer)
        except BadRequestError as problem:
            self._keep_alive = False
            self._script = healthy(refusal(problem.status, str(problem), "bad request"), 0)
        else:
            if request is not None:
                self._keep_alive = request.keep_alive
                self._script = self._reply(request)
        return self._script

    def _play(self, script: Script) -> bool:
        """Play on up to the next wait. Whether the script is over, and the connection goes on."""
        for step in script:
            match step:
                case bytes():
                    self._transport.write(step)
                case Ending.CLOSE:
                    self.close()
                    return False
                case Ending.RESET:
                    self.abort(reset=True)
                    return False
                case Ending.SILENCE:
                    self.is_silent = True
                    return False
                case _ if step > 0:
                    self._timer = self._loop.call_later(step, self._advance)
                    return False
        return True
