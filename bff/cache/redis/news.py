"""What a message from the server means to a first tier."""

from collections.abc import Sequence
from typing import Any

import msgspec

from bff.cache.address import root_of, viewer_of
from bff.cache.shared import Ear


def tell(ear: Ear, message: Any) -> None:
    """Changes that the server tracked, or what others say that they forgot; of anything else nothing."""
    match message:
        case [b"invalidate", None]:
            ear.forget_all()
        case [b"invalidate", keys]:
            _tell(ear, [key.decode(errors="replace") for key in keys])
        case [b"message", _, said]:
            names = _names(said)
            if names is None:
                ear.forget_all()  # to be safe
            else:
                _tell(ear, names)


def _tell(ear: Ear, keys: Sequence[str]) -> None:
    ours = [key for key in keys if "}" in key]
    for root in (key for key in ours if root_of(key) == key):
        ear.forget_viewer(viewer_of(root))
    if addresses := [key for key in ours if root_of(key) != key]:
        ear.forget(addresses)


def _names(said: bytes) -> Sequence[str] | None:
    try:
        return msgspec.json.decode(said, type=list[str])
    except msgspec.MsgspecError:
        return None
