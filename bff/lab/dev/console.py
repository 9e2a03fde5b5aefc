"""What `bff dev` shows in its terminal."""

import contextlib
import os
from typing import TextIO

DIM, RED, PLAIN = "\033[2m", "\033[31m", "\033[0m"


class Console:
    """Its own words go to `out`, failures and what children say to `err`. Coloured where that is a terminal.

    A terminal that is gone raises nothing here: children must be stopped in order all the same.
    """

    def __init__(self, out: TextIO, err: TextIO) -> None:
        self._out = out
        self._err = err

    def say(self, text: str) -> None:
        self._write(self._out, text)

    def fail(self, sentence: str) -> None:
        self._write(self._err, f"{_coloured(self._err, RED, 'bff dev:')} {sentence}")

    def hear(self, name: str, line: str) -> None:
        """A line that the child of this name wrote."""
        self._write(self._err, f"{_coloured(self._err, DIM, f'{name} |')} {line}")

    def _write(self, stream: TextIO, text: str) -> None:
        with contextlib.suppress(OSError):
            print(text, file=stream, flush=True)


def _coloured(stream: TextIO, colour: str, text: str) -> str:
    return f"{colour}{text}{PLAIN}" if stream.isatty() and "NO_COLOR" not in os.environ else text
