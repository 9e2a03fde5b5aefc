"""Where a value lies: viewer, source, call, the shape of its records, key. One user's data never meets another's."""

from typing import Any, Final
from urllib.parse import quote

import msgspec

PREFIX: Final = "bff:1"


def address(*, viewer: str, source: str, call: str, version: str, key: Any) -> str:
    """The key in the store.

    The viewer stands in braces, a cluster's hash tag: what one page reads for one viewer lies on one node. It is
    quoted, so that no viewer id can close the braces or look like another's.
    """
    return f"{PREFIX}:{{{quote(viewer, safe='')}}}:{source}:{call}:{version}:{msgspec.json.encode(key).decode()}"
