"""What a client does with what it gets."""

import sys
import zlib
from importlib import import_module


def from_zstd(body: bytes) -> bytes:
    """As browsers do."""
    name = "compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd"
    plain: bytes = import_module(name).decompress(body)
    return plain


def from_gzip(body: bytes) -> bytes:
    """As browsers do."""
    return zlib.decompress(body, zlib.MAX_WBITS | 16)
