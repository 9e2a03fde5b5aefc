"""What is kept for having been used lately, by number and by weight."""

from collections import OrderedDict
from typing import Generic, TypeVar

V = TypeVar("V")


class Kept(Generic[V]):
    """Those used longest ago go first."""

    def __init__(self, most: int, heaviest: int) -> None:
        self._most = most
        self._heaviest = heaviest
        self._weight = 0
        self._values: OrderedDict[str, tuple[V, int]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._values)

    @property
    def weight(self) -> int:
        """Of all of them."""
        return self._weight

    def get(self, name: str) -> V | None:
        """What was kept under the name, if it is there still."""
        found = self._values.get(name)
        if found is None:
            return None
        self._values.move_to_end(name)
        return found[0]

    def keep(self, name: str, value: V, weight: int) -> None:
        """In place of what had the name."""
        if name in self._values:
            self._weight -= self._values.pop(name)[1]
        self._values[name] = (value, weight)
        self._weight += weight
        while len(self._values) > self._most or self._weight > self._heaviest:
            _, (_, gone) = self._values.popitem(last=False)
            self._weight -= gone
