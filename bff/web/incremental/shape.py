"""The shapes that clients know. Both begin with a whole result; they differ in how the rest is told where to go."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from bff.web.incremental.frame import Fragment, Frame, Known
from bff.web.incremental.whole_fragment import whole


class Shape(Protocol):
    """From frames to what is sent."""

    def first(self, body: Mapping[str, Any], announced: Sequence[Fragment]) -> dict[str, Any]:
        """The first frame: `body` is what is there at once."""
        ...

    def later(self, frame: Frame, extensions: Mapping[str, Any], known: Known) -> dict[str, Any]:
        """One that follows."""
        ...


@dataclass(frozen=True, slots=True)
class Current:
    """The proposal of today (`incrementalSpec=v0.2`): fragments are announced with an id, by which rows go there.

    Rows have neither `path` nor `label`: urql takes a `path` for the place, though it is only half of it.
    """

    def first(self, body: Mapping[str, Any], announced: Sequence[Fragment]) -> dict[str, Any]:
        """The first frame."""
        return {**body, "pending": [_pending(each) for each in announced], "hasNext": True}

    def later(self, frame: Frame, extensions: Mapping[str, Any], known: Known) -> dict[str, Any]:
        """One that follows."""
        shaped: dict[str, Any] = {}
        if frame.announced:
            shaped["pending"] = [_pending(each) for each in frame.announced]
        if frame.rows:
            shaped["incremental"] = [
                {
                    "id": row.fragment.id,
                    **({"subPath": row.below} if row.below else {}),
                    "data": row.data,
                    **({"errors": row.errors} if row.errors else {}),
                }
                for row in frame.rows
            ]
        if frame.done:
            shaped["completed"] = [
                {"id": each.fragment.id, **({"errors": each.errors} if each.errors else {})} for each in frame.done
            ]
        return _ended(shaped, frame, extensions)


@dataclass(frozen=True, slots=True)
class Of2022:
    """The proposal of August 2022 (`deferSpec=20220824`): each fragment comes whole, with its path and label."""

    def first(self, body: Mapping[str, Any], announced: Sequence[Fragment]) -> dict[str, Any]:
        """The first frame."""
        return {**body, "hasNext": True}

    def later(self, frame: Frame, extensions: Mapping[str, Any], known: Known) -> dict[str, Any]:
        """One that follows."""
        brought = [_placed(fragment, data, errors) for fragment, data, errors in whole(frame.rows, known)] + [
            _placed(each.fragment, None, each.errors) for each in frame.done if each.errors
        ]
        return _ended({"incremental": brought} if brought else {}, frame, extensions)


def _pending(fragment: Fragment) -> dict[str, Any]:
    label = {} if fragment.label is None else {"label": fragment.label}
    return {"id": fragment.id, "path": fragment.path, **label}


def _placed(fragment: Fragment, data: Any, errors: Sequence[Any]) -> dict[str, Any]:
    label = {} if fragment.label is None else {"label": fragment.label}
    return {"path": fragment.path, **label, "data": data, **({"errors": errors} if errors else {})}


def _ended(shaped: dict[str, Any], frame: Frame, extensions: Mapping[str, Any]) -> dict[str, Any]:
    if frame.errors:
        shaped["errors"] = frame.errors
    if extensions:
        shaped["extensions"] = extensions
    shaped["hasNext"] = not frame.last
    return shaped


CURRENT: Final[Shape] = Current()
OF_2022: Final[Shape] = Of2022()
