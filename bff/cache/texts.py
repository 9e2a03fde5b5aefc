"""Texts by their SHA-256, shared by several processes. A port, with Redis or Valkey behind it, or a team's own."""

from typing import Protocol


class SharedTexts(Protocol):
    """Errors of any kind are allowed: what fails to be read is a miss, what fails to be kept is dropped.

    Callers bound the time they wait; the store has to end what is late within a second or so.
    """

    async def get(self, name: str) -> str | None:
        """The text of that hash, in hex, and no other; from now on it is kept for its whole time again."""

    async def put(self, name: str, text: str) -> None:
        """Keep it."""

    def at_fault(self, error: BaseException) -> bool:
        """As `SharedStore.at_fault` says."""

    async def close(self) -> None:
        """Let go of connections."""
