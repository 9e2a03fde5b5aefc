"""A range for an integer argument: a request outside it is refused before anything runs."""

from dataclasses import dataclass
from typing import Any, Final

RANGE: Final = "bff.range"
"""Under this key an argument's metadata carries its `ArgumentRange`."""


@dataclass(frozen=True, slots=True)
class ArgumentRange:
    """Both ends are allowed."""

    least: int
    most: int

    def __contains__(self, value: object) -> bool:
        return isinstance(value, int) and self.least <= value <= self.most


def between(least: int, most: int) -> dict[str, Any]:
    """Metadata for `strawberry.argument`: `metadata=between(1, 50)`."""
    return {RANGE: ArgumentRange(least, most)}
