"""Which way to compress for a client, and how much: docs/decisions/0036-compression.md."""

import sys
import zlib
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from typing import Final

Compress = Callable[[bytes, int], bytes]

_ZSTD: Final[Compress] = import_module("compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd").compress
"""In the standard library from Python 3.14 on."""

ZSTD_LEVEL: Final = 3
GZIP_LEVEL: Final = 4
GZIP_WINDOW: Final = zlib.MAX_WBITS | 16
"""The 16 makes it gzip."""


def by_zstd(body: bytes) -> bytes:
    """One whole frame."""
    return _ZSTD(body, ZSTD_LEVEL)


def by_gzip(body: bytes) -> bytes:
    """The same bytes for the same body: no time in it."""
    compressor = zlib.compressobj(GZIP_LEVEL, zlib.DEFLATED, GZIP_WINDOW)
    return compressor.compress(body) + compressor.flush()


CODINGS: Final[Mapping[str, Callable[[bytes], bytes]]] = {"zstd": by_zstd, "gzip": by_gzip}
"""Of two that a client wants alike, the first."""


def coding_for(accepted: str) -> str | None:
    """The best of ours for an Accept-Encoding header; None for none. What stands for any coding is taken for gzip."""
    wanted = dict(_preferences(accepted))
    wanted.setdefault("gzip", wanted.get("*", 0.0))
    best = max(CODINGS, key=lambda coding: wanted.get(coding, 0.0))
    return best if wanted.get(best, 0.0) > 0 else None


def _preferences(accepted: str) -> Iterator[tuple[str, float]]:
    for part in accepted.lower().split(","):
        name, _, parameter = (piece.strip() for piece in part.partition(";"))
        quality = parameter.removeprefix("q=") if parameter.startswith("q=") else "1"
        try:
            yield name, float(quality)
        except ValueError:
            continue
