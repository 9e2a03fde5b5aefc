"""The parent of several workers. It serves nothing itself, so that no page can take it down.

It holds the listening socket that all of them accept from, starts each under the leash, and another one when one ends.
SIGHUP replaces them one after the other; SIGTERM and SIGINT let them drain, a second one ends them at once.
"""

import asyncio
import logging
import os
import signal
import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bff.leash import HAS_DEATH_SIGNAL
from bff.web.serving.page_server import DRAIN
from bff.web.serving.pauses import Pauses
from bff.web.serving.seat import CannotStart, Seat
from bff.web.serving.terminal import Terminal
from bff.web.serving.worker import START_WITHIN, Worker, how

log = logging.getLogger("bff.workers")

MOST_FAILED_STARTS: Final = 5
"""In a row, of one worker, while none serves: then it is hopeless."""


@dataclass(frozen=True, kw_only=True)
class FleetOptions:
    """`command` starts a worker. One that is told to end has `drain` seconds. `pauses` makes each its own. When all of
    it is told to end, the workers say that they are not ready `lead` seconds before they drain.

    `guarded` uses the guardian of the leash where there is a death signal too.
    """

    command: Sequence[str]
    workers: int
    start_within: float = START_WITHIN
    drain: float = DRAIN + 5
    lead: float = 0.0
    pauses: Callable[[], Pauses] = Pauses
    guarded: bool = not HAS_DEATH_SIGNAL


class Fleet:
    """Made and run in the main thread: workers die with the thread that starts them.

    `directory` is for the sockets where workers answer questions: it must be private. `serving` is called once, when
    all of them serve.
    """

    def __init__(
        self, options: FleetOptions, listener: socket.socket, directory: Path, serving: Callable[[], None]
    ) -> None:
        self._options = options
        self._listener = listener
        self._directory = directory
        self._serving = serving
        self._started = 0
        self._alive: set[Worker] = set()
        self._guard_pipe = os.pipe() if options.guarded else None
        self._replacing = asyncio.Event()
        self._stops_wanted = 0
        self._life: asyncio.Task[None] | None = None
        self._terminal = Terminal()
        self._seats = [Seat(number, self._start, options.pauses()) for number in range(options.workers)]

    def answering(self) -> Sequence[tuple[int, Path]]:
        """Each worker's number and where it answers questions; nothing is there while another one is started.

        May be called from another thread.
        """
        nobody = self._directory / "nobody"
        return [(seat.number, worker.path if (worker := seat.worker) else nobody) for seat in self._seats]

    async def run(self) -> int:
        """The exit code: 0 if a signal asked for the end, 130 if a second one did. Raises `CannotStart`."""
        self._life = life = asyncio.create_task(self._live())
        with _heard({signal.SIGTERM: self.stop, signal.SIGINT: self.stop, signal.SIGHUP: self._hang_up}):
            await asyncio.wait({life})
            await self._end()
        if not life.cancelled():
            life.result()
        return 130 if self._stops_wanted > 1 else 0

    def stop(self) -> None:
        """Let them drain, and end; a second time: end them at once."""
        self._stops_wanted += 1
        if self._stops_wanted == 1 and self._life is not None:
            self._life.cancel()
        else:
            for worker in self._alive:
                worker.kill()

    def replace(self) -> None:
        """All of them, one after the other; once more where that is being done."""
        self._replacing.set()

    async def _live(self) -> None:
        first, *others = self._seats
        await first.fill()  # alone: what is wrong with all of them is said once
        try:
            async with asyncio.TaskGroup() as group:
                for seat in others:
                    group.create_task(seat.fill())
            self._serving()
            async with asyncio.TaskGroup() as group:
                for seat in self._seats:
                    group.create_task(seat.hold(self._is_hopeless))
                group.create_task(self._replace_all())
        except ExceptionGroup as several:
            raise several.exceptions[0] from several

    def _is_hopeless(self) -> bool:
        none_serves = all(seat.worker is None for seat in self._seats)
        return none_serves and any(seat.failed_starts >= MOST_FAILED_STARTS for seat in self._seats)

    async def _replace_all(self) -> None:
        while await self._replacing.wait():
            self._replacing.clear()
            log.info("The workers are replaced one after the other.")
            try:
                for seat in self._seats:
                    await seat.change(self._options.drain)
            except CannotStart as error:
                log.error("%s. No more are replaced; those that serve go on.", error)
            else:
                log.info("All workers are replaced.")

    async def _start(self, number: int) -> Worker:
        self._started += 1
        guard = self._guard_pipe[0] if self._guard_pipe else None
        path = self._directory / str(self._started)
        try:
            worker = await Worker.start(
                self._options.command, number, path, listener=self._listener.fileno(), guard=guard
            )
        except OSError as error:
            raise CannotStart(f"Worker {number} cannot be started: {error.strerror}") from error
        self._alive.add(worker)
        worker.ended.add_done_callback(lambda _: self._alive.discard(worker))
        if not await worker.becomes_ready(self._options.start_within):
            ended = worker.ended.done()
            await worker.drain(0)
            what = how(worker.ended.result()) if ended else f"was not ready within {self._options.start_within:g} s"
            raise CannotStart(f"Worker {number} (process {worker.pid}) {what}, and never served")
        log.info("Worker %d (process %d) serves.", number, worker.pid)
        return worker

    def _hang_up(self) -> None:
        if self._terminal.is_gone():
            self.stop()
        else:
            self.replace()

    async def _end(self) -> None:
        await self._say_not_ready()
        self._listener.close()  # whoever comes now is refused, and does not wait for nobody
        drains = [asyncio.create_task(worker.drain(self._options.drain)) for worker in self._alive]
        if drains:
            await asyncio.wait(drains)
        for end in self._guard_pipe or ():
            os.close(end)

    async def _say_not_ready(self) -> None:
        """For the lead, unless a second signal ends them before."""
        serving = [worker for seat in self._seats if (worker := seat.worker) is not None]
        for worker in serving:
            worker.say_not_ready()
        if serving and self._options.lead > 0:
            await asyncio.wait({worker.ended for worker in serving}, timeout=self._options.lead)


@contextmanager
def _heard(signals: Mapping[signal.Signals, Callable[[], None]]) -> Iterator[None]:
    """But for those that are ignored, as `nohup` does it."""
    heard = [number for number in signals if signal.getsignal(number) != signal.SIG_IGN]
    loop = asyncio.get_running_loop()
    for number in heard:
        loop.add_signal_handler(number, signals[number])
    try:
        yield
    finally:
        for number in heard:
            loop.remove_signal_handler(number)
