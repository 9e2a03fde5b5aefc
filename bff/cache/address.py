"""Where a value lies: viewer, source, call, the shape of its records, key. One user's data never meets another's."""

from typing import Any, Final
from urllib.parse import quote, unquote

import msgspec

PREFIX: Final = "bff:1:"


def address(*, viewer: str, source: str, call: str, version: str, key: Any) -> str:
    """The key in the store.

    The viewer stands in braces, a cluster's hash tag: what one page reads for one viewer lies on one node. It is
    quoted, so that no viewer id can close the braces or look like another's.
    """
    return f"{root(viewer)}:{source}:{call}:{version}:{msgspec.json.encode(key).decode()}"


def root(viewer: str) -> str:
    """What all addresses of one viewer begin with, and no address of another's."""
    return f"{PREFIX}{{{quote(viewer, safe='')}}}"


def root_of(address: str) -> str:
    """The same, of the viewer whose address it is."""
    return address[: address.index("}") + 1]


def viewer_of(root: str) -> str:
    """The viewer whose root it is."""
    return unquote(root[len(PREFIX) + 1 : -1])
