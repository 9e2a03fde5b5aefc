"""The processes of one `bff dev`: started under the leash, watched, stopped stage by stage, reaped."""

import asyncio
import os
import signal
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Self

from bff.lab.dev.child import Child
from bff.lab.dev.errors import ChildFailed
from bff.leash import HAS_DEATH_SIGNAL, leashed


class Children:
    """Owns every child; leaving the `async with` block stops those that still run, the highest stage first.

    `hear(name, line)` is called with what children write to stderr. Each stage has `grace` seconds between
    SIGTERM and SIGKILL. `guarded` uses the guardian of the leash where there is a death signal too.
    """

    def __init__(
        self, hear: Callable[[str, str], None], *, grace: float = 5.0, guarded: bool = not HAS_DEATH_SIGNAL
    ) -> None:
        self._hear = hear
        self._grace = grace
        self._guarded = guarded
        self._stages: dict[int, list[Child]] = {}
        self._guard_pipe: tuple[int, int] | None = None

    async def __aenter__(self) -> Self:
        if self._guarded:
            self._guard_pipe = os.pipe()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()
        for end in self._guard_pipe or ():
            os.close(end)

    async def spawn(
        self,
        name: str,
        command: Sequence[str],
        *,
        stage: int = 0,
        environ: Mapping[str, str] | None = None,
        inherits: Sequence[int] = (),
    ) -> Child:
        """Start `command`. Children of a higher stage are stopped before those of a lower one.

        It inherits the descriptors of `inherits`, under the same numbers, and no others.

        Raises ChildFailed if the operating system refuses, RuntimeError outside the main thread.
        """
        if threading.current_thread() is not threading.main_thread():
            raise RuntimeError("children die with the thread that starts them: spawn from the main thread")
        guard = self._guard_pipe[0] if self._guard_pipe else None
        try:
            _, child = await asyncio.get_running_loop().subprocess_exec(
                lambda: Child(name, self._hear),
                *leashed(command, guard=guard),
                stdin=asyncio.subprocess.DEVNULL,
                env=environ,
                start_new_session=True,
                pass_fds=(*inherits, *(() if guard is None else (guard,))),
            )
        except OSError as error:
            raise ChildFailed(f"{name} cannot be started: {error.strerror}") from error
        self._stages.setdefault(stage, []).append(child)
        return child

    async def stop(self) -> None:
        """Ask each stage to end, the highest first, and end by force what has not when its grace is over."""
        for stage in sorted(self._stages, reverse=True):
            for child in self._stages[stage]:
                child.send(signal.SIGTERM)
            await asyncio.wait([child.ended for child in self._stages[stage]], timeout=self._grace)
            for child in self._stages.pop(stage):
                await child.end()

    def kill(self) -> None:
        """End all of them at once."""
        for children in self._stages.values():
            for child in children:
                child.kill()
