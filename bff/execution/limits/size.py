"""How many objects a place in a document stands for: a number, and sizes that a request's variables give."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

UNCOUNTED: Final = 1_000_000_000
"""Nothing is counted further: fans of fragments multiply beyond any number that JSON has."""

ASSUMED: Final = 10
"""Items of a list whose size the document does not say."""


@dataclass(frozen=True, slots=True)
class VariableSize:
    """The size of a list that a variable gives."""

    variable: str
    otherwise: int
    """Where the variable is not given: what the argument has by default."""

    most: int
    """The largest that is let through."""

    def of(self, coerced: Mapping[str, Any]) -> int:
        """For these variables, coerced and with their defaults."""
        given = coerced.get(self.variable, self.otherwise)
        return size(given, self.most) if isinstance(given, int) else ASSUMED


class Times(NamedTuple):
    """How often a selection is made."""

    number: int = 1
    sizes: tuple[VariableSize, ...] = ()

    def by(self, more: int | VariableSize) -> "Times":
        """As often for each of so many."""
        if isinstance(more, int):
            return Times(capped(self.number * more), self.sizes)
        return Times(self.number, (*self.sizes, more))

    def most(self) -> int:
        """With the largest variables that are let through."""
        number = self.number
        for each in self.sizes:
            number = capped(number * each.most)
        return number

    def of(self, coerced: Mapping[str, Any]) -> int:
        """For these variables."""
        number = self.number
        for each in self.sizes:
            number = capped(number * each.of(coerced))
        return number


ONCE: Final = Times()


def capped(number: int) -> int:
    """The number, as far as anything is counted."""
    return min(number, UNCOUNTED)


def size(given: int, most: int) -> int:
    """Of a list that is asked for so many items."""
    return max(0, min(given, most))
