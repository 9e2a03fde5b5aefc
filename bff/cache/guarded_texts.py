"""Shared texts behind a deadline and a breaker: a server in trouble costs one request one deadline, and fails none."""

from functools import partial
from typing import Final

from bff.cache.background import Background
from bff.cache.operations import Operations, reason, to_its_end
from bff.cache.patience import CACHE_DEADLINE
from bff.cache.texts import SharedTexts
from bff.errors import BreakerOpen
from bff.events import CacheFailed, Listener
from bff.resilience.breaker import Breaker, BreakerOptions
from bff.resilience.deadline import Deadline

NAME: Final = "cache documents"
"""What its breaker is called where sources have their names."""

OPTIONS: Final = BreakerOptions(calls=1, share=0.5, window=1.0, sleep=1.0)

MOST_PUTS: Final = 100
"""At a time; those beyond are dropped, and put by whoever needs them next."""


class GuardedTexts:
    """What cannot be had in time is not there. While the breaker is open nobody waits: probes run behind."""

    def __init__(self, texts: SharedTexts, tell: Listener) -> None:
        self._texts = texts
        self._tell = tell
        self._background = Background()
        self._operations = Operations(texts.at_fault, self._background)
        self._breaker = Breaker(OPTIONS, bound=CACHE_DEADLINE, source=NAME, tell=tell)

    async def get(self, name: str) -> str | None:
        """The text, where it is known in time."""
        if not self._breaker.is_open:
            return await self._read(name)
        if self._breaker.refusal() is None:
            self._background.start(self._probe(name))
        return None

    def put(self, name: str, text: str) -> None:
        """Soon, in the background."""
        if not self._breaker.is_open and len(self._background) < MOST_PUTS:
            self._background.start(self._write(name, text))

    async def close(self) -> None:
        """Write what is under way, end what takes longer, let go of connections."""
        await self._background.settle(CACHE_DEADLINE)
        await self._background.close()
        await self._texts.close()

    async def _read(self, name: str) -> str | None:
        work = partial(self._operations.in_time, partial(self._texts.get, name), _nothing)
        try:
            return await self._breaker(work, Deadline.after(CACHE_DEADLINE))
        except BreakerOpen:
            return None
        except Exception as error:
            self._tell(CacheFailed("read", reason(error)))
            return None

    async def _probe(self, name: str) -> None:
        await self._read(name)

    async def _write(self, name: str, text: str) -> None:
        try:
            await to_its_end(partial(self._texts.put, name, text))
        except Exception as error:
            self._tell(CacheFailed("write", reason(error)))


def _nothing(_: object) -> None:
    pass
