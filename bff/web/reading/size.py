"""How many bytes a request may ask with."""

from dataclasses import dataclass
from typing import Final

from bff.errors import BadBody
from bff.events import LimitExceeded, Listener
from bff.resilience.mode import Mode
from bff.settings.edge import Limit

CEILING: Final = 10
"""Times the limit: what is read at most while the limit is only told."""


class BodyTooLarge(BadBody):
    """More bytes than anybody needs to ask for a page."""

    status = 413


class QueryStringTooLong(BadBody):
    """The same in an address."""

    status = 414


@dataclass(frozen=True, slots=True)
class Size:
    """The most bytes, and who is told of more. What every request shares."""

    limit: Limit
    tell: Listener

    @property
    def most(self) -> int:
        """What is read; the rest is not even waited for."""
        return self.limit.most if self.limit.mode is Mode.ENFORCE else self.limit.most * CEILING

    def refused(self, count: int, error: type[BadBody]) -> BadBody:
        """The error for one with so many bytes or more."""
        self._tell(count, enforced=True)
        return error(f"The request has {count} bytes or more to say what it asks for, {self.most} are the most.")

    def whole(self, count: int) -> None:
        """All of it has come, and is not refused."""
        if count > self.limit.most:
            self._tell(count, enforced=False)

    def _tell(self, count: int, *, enforced: bool) -> None:
        self.tell(LimitExceeded("body", count, self.limit.most, enforced))
