"""What a worker is told by its parent, in one variable of its environment."""

import os
import socket
from collections.abc import MutableMapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from bff.errors import SettingsError

VARIABLE: Final = "BFF_WORKER_PLACE"


@dataclass(frozen=True, slots=True)
class Place:
    """The worker's number, what it inherits (descriptors), and where it answers questions."""

    number: int
    listener: int
    ready: int
    """Where a byte says that it serves."""

    path: Path

    def told(self) -> dict[str, str]:
        """The variable."""
        return {VARIABLE: f"{self.number} {self.listener} {self.ready} {self.path}"}

    @classmethod
    def taken_from(cls, environment: MutableMapping[str, str]) -> Self | None:
        """Ours; None where this process is nobody's worker. It is taken out: what a worker starts is none."""
        told = environment.pop(VARIABLE, None)
        if told is None:
            return None
        try:
            number, listener, ready, path = told.split(" ", 3)
            place = cls(int(number), int(listener), int(ready), Path(path))
            for descriptor in (place.listener, place.ready):
                os.set_inheritable(descriptor, False)
        except (ValueError, OSError):
            raise SettingsError([f"{VARIABLE} is for processes that `bff serve` starts: unset it."]) from None
        return place

    def listening(self) -> socket.socket:
        """The socket that all workers accept from."""
        return socket.socket(fileno=self.listener)

    def say_ready(self) -> None:
        """Once."""
        os.write(self.ready, b"\x01")
        os.close(self.ready)
