"""`bff dev`: one process owns the cache server, the simulated upstreams and the web.

However it ends, nothing is left running: children stop in order on Ctrl-C or SIGTERM, at once on a second
one, and by the leash when this process is killed.
"""

import asyncio
import signal
import sys
import threading
from pathlib import Path

from bff.lab.dev.announcement import announcement
from bff.lab.dev.children import Children
from bff.lab.dev.console import Console
from bff.lab.dev.errors import DevError
from bff.lab.dev.options import DevOptions
from bff.lab.dev.port import must_be_free
from bff.lab.dev.rundir import claim
from bff.lab.dev.startup import Running, start


def run_dev(options: DevOptions, console: Console | None = None) -> int:
    """Run until asked to stop. 0 if a signal asked, 130 if a second one did, 1 if something failed.

    Only in the main thread: children die with the thread that starts them.
    """
    if threading.current_thread() is not threading.main_thread():
        raise RuntimeError("children die with the thread that starts them: run from the main thread")
    console = console or Console(sys.stdout, sys.stderr)
    try:
        with claim(options.port) as directory:
            must_be_free(options.host, options.port)
            return asyncio.run(_supervise(options, directory, console))
    except DevError as error:
        console.fail(str(error))
        return 1
    except KeyboardInterrupt:  # before the first child, or after the last
        return 130


async def _supervise(options: DevOptions, directory: Path, console: Console) -> int:
    async with Children(console.hear, grace=options.grace) as children:
        life = asyncio.create_task(_live(options, directory, children, console))
        signals = _StopSignals(life, children, console)
        signals.listen()
        await asyncio.wait({life})
    if not life.cancelled():
        life.result()
    console.say("Stopped. Nothing is left running.")
    return 130 if signals.received > 1 else 0


async def _live(options: DevOptions, directory: Path, children: Children, console: Console) -> None:
    running = await start(options, directory, children)
    console.say(announcement(running.state, port=options.port, cache_note=running.cache.note))
    await _watch(running, console)


async def _watch(running: Running, console: Console) -> None:
    """Returns never; raises ChildFailed when a vital child ends.

    The page is made to live without its cache, so the end of that is only said. Nothing is restarted: an end
    that nobody asked for is a bug, and one that mends itself is one that nobody reads about.
    """
    cache = [running.cache.child] if running.cache.child else []
    watched = {child.ended: child for child in [*running.vital, *cache]}
    while True:
        ended, _ = await asyncio.wait(watched, return_when=asyncio.FIRST_COMPLETED)
        for child in [watched.pop(each) for each in ended]:
            if child in running.vital:
                raise await child.failure("in mid-run, so all of it is stopped")
            console.fail(str(await child.failure("in mid-run; the page goes on without it")))


class _StopSignals:
    """The first asks for an orderly end, another one for an end at once."""

    def __init__(self, life: asyncio.Task[None], children: Children, console: Console) -> None:
        self.received = 0
        self._life = life
        self._children = children
        self._console = console

    def listen(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:  # `nohup` ignores it
                asyncio.get_running_loop().add_signal_handler(number, self._receive)

    def _receive(self) -> None:
        self.received += 1
        if self.received == 1:
            self._console.say("\nStopping: the web first, then what it asks. Ctrl-C again to stop at once.")
            self._life.cancel()
        else:
            self._children.kill()
