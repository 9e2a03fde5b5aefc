"""Where the web will answer /metrics and /debug: opened by the supervisor, which tells others before the web starts."""

import socket
from collections.abc import MutableMapping, Sequence
from dataclasses import dataclass
from typing import Final, Self

from bff.lab.dev.errors import DevError
from bff.lab.dev.port import listen, url_at

VARIABLE: Final = "BFF_DEV_ADMIN_SOCKET"


@dataclass(frozen=True)
class AdminSocket:
    """A context manager. The supervisor's own end is closed when the block is left."""

    listener: socket.socket | None

    @classmethod
    def open(cls, host: str, ports: Sequence[int]) -> Self:
        """On the first of the ports that is free. Raises DevError for the last one."""
        for port in ports[:-1]:
            try:
                return cls(listen(host, port, "BFF_ADMIN_"))
            except DevError:
                continue
        return cls(listen(host, ports[-1], "BFF_ADMIN_") if ports else None)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.listener is not None:
            self.listener.close()

    @property
    def url(self) -> str | None:
        """None where there is none."""
        return None if self.listener is None else url_at(*self.listener.getsockname()[:2])

    @property
    def descriptors(self) -> tuple[int, ...]:
        """What the web inherits."""
        return () if self.listener is None else (self.listener.fileno(),)

    def told(self) -> dict[str, str]:
        """What the web finds in its environment."""
        if self.listener is None:
            return {"BFF_ADMIN_PORT": "off"}
        return {VARIABLE: str(self.listener.fileno()), "BFF_ADMIN_PORT": str(self.listener.getsockname()[1])}


def inherited(environment: MutableMapping[str, str]) -> socket.socket | None:
    """The web's end."""
    told = environment.pop(VARIABLE, None)
    if told is None:
        return None
    listener = socket.socket(fileno=int(told))
    listener.set_inheritable(False)
    return listener
