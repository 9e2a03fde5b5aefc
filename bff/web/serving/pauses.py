"""How soon a worker that ended is followed by another one."""


class Pauses:
    """At once where it had settled; where it died young, after a pause that grows as long as they all do."""

    def __init__(self, *, first: float = 1.0, most: float = 30.0, settled_after: float = 30.0) -> None:
        self._first = self._next = first
        self._most = most
        self._settled_after = settled_after

    def after(self, age: float) -> float:
        """Seconds, after one that lived for so long."""
        if age >= self._settled_after:
            self._next = self._first
            return 0.0
        pause, self._next = self._next, min(2 * self._next, self._most)
        return pause
