"""How many clients are connected."""

from dataclasses import dataclass


@dataclass(slots=True)
class Connections:
    """Counted by the server, read by whoever likes, from any thread."""

    made: int = 0
    """Since the process began to serve."""

    lost: int = 0

    @property
    def open(self) -> int:
        """Just now."""
        return self.made - self.lost
