"""Where lines go."""

import contextlib
import os
import select
from collections.abc import Sequence
from typing import Final, Protocol, TextIO

AT_ONCE: Final = 4_096
"""Bytes that a pipe takes whole from each of several processes (PIPE_BUF)."""


class Sink(Protocol):
    """Takes lines, each with its line break. May block. Raises `OSError`."""

    def write(self, lines: Sequence[str]) -> None:
        """All of them, in order."""

    def close(self) -> None:
        """No more will come."""


def sink(stream: TextIO) -> Sink:
    """By the file behind the stream, where there is one."""
    try:
        return _File(stream.fileno())
    except (AttributeError, OSError, ValueError):  # not a file; `ValueError` where it is closed
        return _Stream(stream)


class _File:
    """Past the stream's own buffer, whose lock a blocked thread would hold when Python ends: that aborts it."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = os.dup(descriptor)  # whoever closes the stream may get its number for another file

    def write(self, lines: Sequence[str]) -> None:
        for piece in _pieces(lines):
            self._write_whole(piece)

    def _write_whole(self, piece: bytes) -> None:
        left = memoryview(piece)
        while left:
            try:
                left = left[os.write(self._descriptor, left) :]
            except BlockingIOError:  # whoever shares the pipe has made it so
                select.select([], [self._descriptor], [], 1)

    def close(self) -> None:
        with contextlib.suppress(OSError):
            os.close(self._descriptor)


class _Stream:
    """What is no file, such as a test's."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, lines: Sequence[str]) -> None:
        self._stream.write("".join(lines))
        self._stream.flush()

    def close(self) -> None:
        """It is whoever's who made it."""


def _pieces(lines: Sequence[str]) -> list[bytes]:
    """Whole lines, as many at once as stay together."""
    pieces = [b""]
    for line in lines:
        encoded = line.encode(errors="backslashreplace")
        if len(pieces[-1]) + len(encoded) > AT_ONCE:
            pieces.append(b"")
        pieces[-1] += encoded
    return [piece for piece in pieces if piece]
