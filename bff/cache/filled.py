"""What this process has filled for all, and until when it should be there: a value that is gone before was evicted."""

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from bff.cache.address import root, root_of
from bff.timeline import clock

MOST: Final = 20_000
"""Fills that are remembered, at some 200 bytes each; the newest."""


@dataclass(frozen=True, slots=True)
class Missed:
    """Of what was looked up and not found: so many were filled here and `expired`, or were `evicted` before their time,
    and `unread`, because the server failed or was late.
    """

    expired: int = 0
    evicted: int = 0
    unread: int = 0


class Filled:
    """Remembers fills by hashes. What another process has purged meanwhile is taken for evicted."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._until: OrderedDict[int, tuple[float, int]] = OrderedDict()
        """The hash of an address → when its time is up, and the hash of its viewer's root."""

    def __len__(self) -> int:
        return len(self._until)

    def keep(self, address: str, ttl: float) -> None:
        """It was filled, for so many seconds."""
        self._until[hash(address)] = (clock.now() + ttl, hash(root_of(address)))
        self._until.move_to_end(hash(address))
        if len(self._until) > self._most:
            self._until.popitem(last=False)

    def missed(self, absent: Iterable[str], unread: int) -> Missed:
        """Why they are not there. Each fill is missed once."""
        gone = [found for address in absent if (found := self._until.pop(hash(address), None)) is not None]
        evicted = sum(until > clock.now() for until, _ in gone)
        return Missed(len(gone) - evicted, evicted, unread)

    def forget(self, addresses: Iterable[str]) -> None:
        """They were forgotten on purpose."""
        for address in addresses:
            self._until.pop(hash(address), None)

    def forget_viewer(self, viewer: str) -> None:
        """The same for all of one viewer."""
        own = hash(root(viewer))
        for one in [each for each, (_, of) in self._until.items() if of == own]:
            del self._until[one]
