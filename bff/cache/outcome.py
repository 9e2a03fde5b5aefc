"""What a call came to for one key, as data: one outcome may be told to many who wait."""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Fetched(Generic[V]):
    """A value, and when it came, in seconds since the epoch."""

    value: V
    at: float


@dataclass(frozen=True, slots=True)
class Failed:
    """Why there is no value."""

    error: Exception


Outcome = Fetched[Any] | Failed
