"""Connections, taken as they come.

uvloop takes one connection in each turn of its loop. Under load a turn takes tens of milliseconds, and whoever connects
then waits for seconds. Here several are taken at once, and who comes when there is no room is told so.
"""

import asyncio
import contextlib
import errno
import os
import socket
from collections.abc import Callable, Coroutine
from typing import Any, Final

from bff.events import ConnectionEnded
from bff.web.serving.last_words import LAST_WORDS
from bff.web.serving.server_state import PageServerState

AT_ONCE: Final = 8
"""In one turn of the loop: more would keep pages waiting, and other workers' hands empty."""

AT_THE_END: Final = 1_000

PAUSE: Final = 0.1
"""Seconds that nothing is taken where the system has nothing left to take it with."""

EXHAUSTED: Final = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})


class Accepting:
    """In place of an asyncio server: closed as one is."""

    def __init__(
        self, listener: socket.socket, make_protocol: Callable[[], asyncio.Protocol], state: PageServerState
    ) -> None:
        self._listener = listener
        self._make_protocol = make_protocol
        self._state = state
        self._loop = asyncio.get_running_loop()
        self._beginning: set[asyncio.Task[Any]] = set()
        self._spare: int | None = os.open(os.devnull, os.O_RDONLY)
        """A descriptor to let go of: with it one more can be taken, and told that there is no room."""

        self._paused: asyncio.TimerHandle | None = None
        listener.setblocking(False)
        self._listen()

    def close(self) -> None:
        """Who has connected before is served still."""
        self._loop.remove_reader(self._listener)
        if self._paused is not None:
            self._paused.cancel()
        self._take(AT_THE_END)
        self._listener.close()
        self._let_go()

    async def wait_closed(self) -> None:
        """Nothing is left to wait for."""

    def _listen(self) -> None:
        self._paused = None
        self._loop.add_reader(self._listener, self._take, AT_ONCE)

    def _take(self, most: int) -> None:
        for _ in range(most):
            try:
                accepted, _ = self._listener.accept()
            except BlockingIOError:
                return
            except OSError as error:
                if error.errno in EXHAUSTED:
                    self._refuse_with_spare()
                    return
                continue  # whoever it was has gone already
            if len(self._state.connections) + len(self._beginning) >= self._state.most:
                self._refuse(accepted, "too many")
            else:
                self._serve(accepted)

    def _serve(self, accepted: socket.socket) -> None:
        with contextlib.suppress(OSError):  # a unix socket has no such option
            accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        task = self._loop.create_task(_begun(self._loop.connect_accepted_socket(self._make_protocol, accepted)))
        self._beginning.add(task)
        task.add_done_callback(self._beginning.discard)

    def _refuse(self, accepted: socket.socket, reason: str) -> None:
        with accepted, contextlib.suppress(OSError):
            accepted.setblocking(False)
            accepted.send(LAST_WORDS[503])
        self._state.counted.tell(ConnectionEnded(reason))

    def _refuse_with_spare(self) -> None:
        """Out of descriptors: those who wait are told so, and then there is a pause."""
        if self._paused is not None:
            return
        for _ in range(AT_ONCE):
            self._let_go()
            try:
                accepted, _ = self._listener.accept()
            except OSError:
                break
            self._refuse(accepted, "no descriptors")
            if not self._hold():
                break
        self._hold()
        self._loop.remove_reader(self._listener)
        self._paused = self._loop.call_later(PAUSE, self._listen)

    def _let_go(self) -> None:
        if self._spare is not None:
            os.close(self._spare)
            self._spare = None

    def _hold(self) -> bool:
        if self._spare is None:
            with contextlib.suppress(OSError):
                self._spare = os.open(os.devnull, os.O_RDONLY)
        return self._spare is not None


async def _begun(connecting: Coroutine[Any, Any, Any]) -> None:
    with contextlib.suppress(OSError):  # it has gone already
        await connecting
