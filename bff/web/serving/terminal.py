"""The terminal a process was started in."""

import os
from typing import Final

STREAMS: Final = (0, 1, 2)


class Terminal:
    """SIGHUP is what a person sends, and what the kernel sends when the terminal is closed: this tells them apart."""

    def __init__(self) -> None:
        self._streams = [stream for stream in STREAMS if os.isatty(stream)]

    def is_gone(self) -> bool:
        """There was one, and nothing can be written to it any more."""
        return bool(self._streams) and not any(os.isatty(stream) for stream in self._streams)
