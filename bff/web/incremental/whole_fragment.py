"""A fragment that came in rows for several places, put together as one value."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bff.web.incremental.frame import Error, Fragment, Known, Location, Row


def whole(rows: Sequence[Row], known: Known) -> Iterator[tuple[Fragment, Any, list[Error]]]:
    """Each fragment once, with all its data and errors."""
    by_fragment: dict[str, list[Row]] = {}
    for row in rows:
        by_fragment.setdefault(row.fragment.id, []).append(row)
    for own in by_fragment.values():
        fragment = own[0].fragment
        data: Any = {}
        for row in own:
            data = _with(data, fragment.path, row.below, row.data, known)
        yield fragment, data, [error for row in own for error in row.errors]


def _with(value: Any, place: Location, below: Location, data: Mapping[str, Any], known: Known) -> Any:
    """The value at `place` with the data merged into it further down. A list stays as long as it was known to be."""
    if not below:
        return _merged(value, data)
    step, rest = below[0], below[1:]
    if not isinstance(step, int):
        return {**(value or {}), step: _with((value or {}).get(step), (*place, step), rest, data, known)}
    items = list(value or ())
    items += [None] * (max(len(known(place) or ()), step + 1) - len(items))
    items[step] = _with(items[step], (*place, step), rest, data, known)
    return items


def _merged(value: Any, data: Any) -> Any:
    if isinstance(value, dict) and isinstance(data, Mapping):
        return {**value, **{name: _merged(value.get(name), each) for name, each in data.items()}}
    if isinstance(value, list) and isinstance(data, list) and len(value) == len(data):
        return [_merged(one, other) for one, other in zip(value, data, strict=True)]
    return data
