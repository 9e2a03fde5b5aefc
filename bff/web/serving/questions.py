"""What the parent asks a worker, and how it is written: a length of four bytes, then MessagePack.

An answer begins with one byte more, which says whether it is one, or the reason why there is none.
"""

import struct
from typing import Final

import msgspec

from bff.telemetry.waterfall.summary import Wanted

LONGEST_QUESTION: Final = 16_384
LONGEST_ANSWER: Final = 32 * 1024 * 1024
PATIENCE: Final = 2.0
"""Seconds for a question and its answer."""

_LENGTH: Final = struct.Struct("!I")
LENGTH_BYTES: Final = _LENGTH.size


class AskMetrics(msgspec.Struct, frozen=True, tag="metrics"):
    """Answered by bytes."""


class AskRequests(msgspec.Struct, frozen=True, tag="requests"):
    """Answered by summaries."""

    wanted: Wanted


class AskRequest(msgspec.Struct, frozen=True, tag="request"):
    """Answered by a waterfall, or nothing."""

    request_id: str


class AskHealth(msgspec.Struct, frozen=True, tag="health"):
    """Answered by a mapping."""


Question = AskMetrics | AskRequests | AskRequest | AskHealth


class NoAnswer(Exception):
    """A worker that cannot be asked, or does not answer; the message says why."""


def framed(payload: bytes) -> bytes:
    """With its length before it."""
    return _LENGTH.pack(len(payload)) + payload


def length_of(head: bytes, most: int) -> int:
    """How much follows. Raises `NoAnswer` for more than that."""
    (length,) = _LENGTH.unpack(head)
    if length > most:
        raise NoAnswer(f"{length} bytes are more than the {most} that are taken")
    return int(length)
