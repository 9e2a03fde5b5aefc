"""What a client has in the end, of frames in either shape."""

from typing import Any


def put_together(frames: list[dict[str, Any]]) -> Any:
    """The data of all of them, each row where it says."""
    data, pending = frames[0]["data"], dict[str, list[str | int]]()
    for frame in frames:
        pending |= {each["id"]: each["path"] for each in frame.get("pending", ())}
        for row in frame.get("incremental", ()):
            place = row["path"] if "path" in row else [*pending[row["id"]], *row.get("subPath", ())]
            found = _at(data, place)
            found.update(_merged(found, row["data"]))
    return data


def _at(data: Any, path: list[str | int]) -> Any:
    for step in path:
        data = data[step]
    return data


def _merged(value: Any, more: Any) -> Any:
    """As clients merge."""
    if isinstance(value, dict) and isinstance(more, dict):
        return {**value, **{name: _merged(value.get(name), each) for name, each in more.items()}}
    if isinstance(value, list) and isinstance(more, list):
        return [_merged(one, other) for one, other in zip(value, more, strict=True)]
    return more
