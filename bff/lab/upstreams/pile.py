"""Records that are written only as far as somebody reads."""

from collections.abc import Collection, Iterator
from itertools import islice

from .records import Record


class Pile:
    """Takes records from `writer` when they are first asked for, and keeps them. The order never changes."""

    def __init__(self, writer: Iterator[Record]) -> None:
        self._writer = writer
        self._written: list[Record] = []

    def first(self, count: int) -> list[Record]:
        """The first `count` records, or all there are."""
        self._written.extend(islice(self._writer, max(0, count - len(self._written))))
        return self._written[:count]

    def some(self, ids: Collection[str]) -> list[Record]:
        """Those of the ids that are in the pile, in its order."""
        found = [record for record in self._written if record["id"] in ids]
        while len(found) < len(ids) and (record := next(self._writer, None)):
            self._written.append(record)
            if record["id"] in ids:
                found.append(record)
        return found
