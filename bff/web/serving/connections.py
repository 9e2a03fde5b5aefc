"""What is expected of clients' connections, and how many there are."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from bff.events import Listener, unheard
from bff.settings.edge import ClientConnections, Limits


def _nobody(_: str | None) -> bool:
    return False


_USUAL: Final = ClientConnections()

_LIMITS: Final = Limits()


@dataclass(slots=True)
class Connections:
    """Counted by the server, read by whoever likes, from any thread."""

    options: ClientConnections = _USUAL
    trusts: Callable[[str | None], bool] = _nobody
    """Whether an address is a trusted proxy's."""

    tell: Listener = unheard
    whole: int = _LIMITS.body.most
    """Bytes of a body up to which a request is kept until it is whole: while it comes it costs no page."""

    made: int = 0
    """Since the process began to serve."""

    lost: int = 0

    @property
    def open(self) -> int:
        """Just now."""
        return self.made - self.lost
