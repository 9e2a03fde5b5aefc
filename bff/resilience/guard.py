"""A guard is `async (attempt) -> value`; a pipeline of guards is itself one."""

from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar

T = TypeVar("T")


class Guard(Protocol):
    """Runs an attempt, or refuses to, or ends it early, by raising a `SourceError`."""

    async def __call__(self, attempt: Callable[[], Awaitable[T]], /) -> T: ...


class Pipeline:
    """Guards in order, outermost first: the order is read where one is made."""

    def __init__(self, *guards: Guard) -> None:
        self._guards = guards

    async def __call__(self, attempt: Callable[[], Awaitable[T]], /) -> T:
        """Run the attempt inside every guard."""
        for guard in reversed(self._guards):
            attempt = _inside(guard, attempt)
        return await attempt()


def _inside(guard: Guard, attempt: Callable[[], Awaitable[T]]) -> Callable[[], Awaitable[T]]:
    return lambda: guard(attempt)
