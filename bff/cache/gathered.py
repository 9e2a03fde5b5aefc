"""Many small operations of one tick as a single one.

A command costs some 65 µs of CPU, however few keys it carries (docs/decisions/0021).
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import Generic, TypeVar

from bff.cache.background import Background

T = TypeVar("T")


def _nothing(_: object) -> None:
    pass


class Gathered(Generic[T]):
    """Asks for the keys of one tick together. A result goes to whoever asked for its key, to no other; where all of
    them have gone away, it is given back.
    """

    def __init__(
        self,
        ask: Callable[[Sequence[str]], Awaitable[Sequence[T]]],
        background: Background,
        give_back: Callable[[T], None] = _nothing,
    ) -> None:
        self._ask = ask
        self._give_back = give_back
        self._background = background
        self._keys: Counter[str] = Counter()
        """With how many wait for each."""
        self._answer: asyncio.Future[Mapping[str, T]] | None = None

    async def __call__(self, keys: Sequence[str]) -> Mapping[str, T]:
        """The result of each key. Who stops waiting ends nobody else's operation."""
        self._keys.update(keys)
        if self._answer is None:
            loop = asyncio.get_running_loop()
            self._answer = loop.create_future()
            loop.call_soon(self._start)  # behind everything that is ready now, and may ask too
        waiting, answer = self._keys, self._answer
        try:
            await asyncio.wait((answer,))  # unlike a shield, it has no opinion of errors that nobody waits for
        except asyncio.CancelledError:
            waiting.subtract(keys)
            answer.add_done_callback(partial(self._unclaimed, [key for key in keys if not waiting[key]]))
            raise
        results = answer.result()
        return {key: results[key] for key in keys}

    def _unclaimed(self, keys: Sequence[str], answer: asyncio.Future[Mapping[str, T]]) -> None:
        """Whoever asked for these has gone away."""
        if not answer.cancelled() and answer.exception() is None:
            for key in keys:
                self._give_back(answer.result()[key])

    def _start(self) -> None:
        keys, answer = list(self._keys), self._answer
        self._keys, self._answer = Counter(), None
        assert answer is not None, "a start follows a question"
        self._background.start(self._settle(keys, answer))

    async def _settle(self, keys: Sequence[str], answer: asyncio.Future[Mapping[str, T]]) -> None:
        try:
            results = dict(zip(keys, await self._ask(keys), strict=True))
        except Exception as error:
            answer.set_exception(error)
            answer.exception()  # whoever still waits is told; perhaps nobody does
        else:
            answer.set_result(results)
        finally:
            if not answer.done():  # ended with the app
                answer.cancel()
