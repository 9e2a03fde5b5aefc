"""One frame before it has a shape: what it brings, and of which deferred fragments."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Location = tuple[str | int, ...]
Error = Mapping[str, Any]
Known = Callable[[Location], Any]
"""What an answer has said before of a place; None where that is nothing."""


@dataclass(frozen=True, slots=True)
class Fragment:
    """A deferred one, as an answer announces it."""

    id: str
    path: Location
    label: str | None


@dataclass(frozen=True, slots=True)
class Row:
    """Data for one place within a fragment."""

    fragment: Fragment
    below: Location
    """The place, from the fragment's own."""

    data: Mapping[str, Any]
    errors: list[Error] = field(default_factory=list)

    @property
    def place(self) -> Location:
        """Where its data goes."""
        return self.fragment.path + self.below

    def holds(self, path: Location) -> bool:
        """Whether what lies at that path comes with it."""
        place = self.place
        return path[: len(place)] == place and is_in(self.data, path[len(place) :])


@dataclass(frozen=True, slots=True)
class Done:
    """A fragment of which nothing more comes; with errors, nothing came at all."""

    fragment: Fragment
    errors: list[Error]


@dataclass(frozen=True, slots=True)
class Frame:
    """What follows the first one."""

    rows: Sequence[Row]
    announced: Sequence[Fragment]
    done: Sequence[Done]
    last: bool
    errors: list[Error] = field(default_factory=list)
    """Which belong to none of its rows."""

    def holds(self, path: Location) -> bool:
        """Whether what lies at that path comes with it."""
        return any(row.holds(path) for row in self.rows)

    def add(self, error: Error) -> None:
        """To the row that holds its path, or where there is none to the last one."""
        path = tuple(error["path"])
        rows = [row for row in self.rows if row.holds(path)] or self.rows[-1:]
        (rows[0].errors if rows else self.errors).append(error)


def is_in(data: Any, steps: Location) -> bool:
    """Whether data says something of that place, if only that there is nothing."""
    for step in steps:
        if data is None:  # an error above it has taken it along
            return True
        if isinstance(data, Mapping):
            if step not in data:
                return False
        elif not isinstance(step, int) or step >= len(data):
            return False
        data = data[step]
    return True
