"""A clock that jumps: an hour takes milliseconds, and a wait for nothing is an error instead of a hang.

A test module opts in with one line, `pytestmark = pytest.mark.virtual_time`. Only waiting is virtual: what
reads a clock must read the loop's (`asyncio.get_running_loop().time()`), which starts at 0 and is exact for
the first hundred days. Sockets are refused, since real bytes and jumping timers would race. Work given to
`asyncio.to_thread` or `run_in_executor` is waited for in real time.
"""

import asyncio
import selectors
from collections.abc import Callable
from concurrent.futures import Executor
from typing import Any, TypeVar, TypeVarTuple, Unpack

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

# With no timer left only another thread can wake the loop: it gets so many real seconds.
PATIENCE = 0.5


class DeadlockError(RuntimeError):
    """Every task waits for something that no timer will bring."""

    def __init__(self, tasks: set[asyncio.Task[Any]]) -> None:
        waits = ", ".join(sorted(f"{task.get_name()} at {_waits_at(task)}" for task in tasks)) or "no task is left"
        super().__init__(f"no timer is set, so nothing will ever happen: {waits}")


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """An event loop whose time goes to the next timer as soon as nothing is ready.

    Raises `DeadlockError` out of the running `run_until_complete` when there is no next timer either.
    """

    def __init__(self) -> None:
        self._clock = _JumpingSelector(self)
        super().__init__(self._clock)

    def time(self) -> float:
        return self._clock.now

    def run_in_executor(
        self, executor: Executor | None, func: Callable[[Unpack[Ts]], T], *args: *Ts
    ) -> asyncio.Future[T]:
        future = super().run_in_executor(executor, func, *args)
        self._clock.threads_at_work += 1
        future.add_done_callback(self._thread_is_done)
        return future

    async def shutdown_default_executor(self, *args: Any) -> None:
        self._clock.threads_at_work += 1
        try:
            await super().shutdown_default_executor(*args)
        finally:
            self._clock.threads_at_work -= 1

    def _thread_is_done(self, _: asyncio.Future[Any]) -> None:
        self._clock.threads_at_work -= 1


class _JumpingSelector(selectors.DefaultSelector):
    """Where an event loop would sleep until its next timer, this one moves `now` there."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__()
        self._loop = loop
        self.now = 0.0
        self.threads_at_work = 0

    def register(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        # The first one is the loop's own, by which threads and signals wake it.
        if self.get_map():
            raise RuntimeError("a socket was opened in a test under virtual time: use a fake, or real time")
        return super().register(fileobj, events, data)

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if self.threads_at_work:
            return super().select(None if timeout is None or timeout > 0 else 0)
        if timeout is not None:
            ready = super().select(0)
            self.now += 0 if ready else max(0, timeout)
            return ready
        ready = super().select(PATIENCE)
        if not ready:
            raise DeadlockError(asyncio.all_tasks(self._loop))
        return ready


def _waits_at(task: asyncio.Task[Any]) -> str:
    coroutine: Any = task.get_coro()
    while getattr(getattr(coroutine, "cr_await", None), "cr_frame", None):
        coroutine = coroutine.cr_await
    frame = getattr(coroutine, "cr_frame", None)
    return f"{frame.f_code.co_filename}:{frame.f_lineno}" if frame else "an unknown place"
