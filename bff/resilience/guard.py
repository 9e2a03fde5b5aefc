"""A guard is `async (attempt, deadline) -> value`; a pipeline of guards is itself one."""

from collections.abc import Awaitable, Callable
from typing import Protocol, TypeAlias, TypeVar

from bff.errors import SourceError
from bff.resilience.deadline import Deadline

T = TypeVar("T")

Attempt: TypeAlias = Callable[[Deadline], Awaitable[T]]
"""What is guarded. It is told by when it has to be done, and each guard may only bring that nearer."""


Refusal: TypeAlias = Callable[[], SourceError | None]
"""Why no attempt would be let through now, known without making one; None where one may be."""


class Guard(Protocol):
    """Runs an attempt, or refuses to, or runs it again, or ends it early. Fails with a `SourceError`."""

    async def __call__(self, attempt: Attempt[T], deadline: Deadline, /) -> T: ...


class Pipeline:
    """Guards in order, outermost first: the order is read where one is made."""

    def __init__(self, *guards: Guard) -> None:
        self._guards = guards[::-1]

    async def __call__(self, attempt: Attempt[T], deadline: Deadline, /) -> T:
        """Run the attempt inside every guard."""
        for guard in self._guards:
            attempt = _inside(guard, attempt)
        return await attempt(deadline)


def _inside(guard: Guard, attempt: Attempt[T]) -> Attempt[T]:
    return lambda deadline: guard(attempt, deadline)
