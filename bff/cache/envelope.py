"""What lies in a shared store: a value that says whose it is, compressed where that pays, and never too large."""

import zlib
from hashlib import blake2b
from typing import Final

FORMAT: Final = b"\x01"
"""Changes with this layout, so that one release never misreads another's."""

PLAIN: Final = b"\x00"
DEFLATED: Final = b"\x01"

GENERATION: Final = 8
"""Bytes."""

COMPRESS_ABOVE: Final = 4_096
"""Bytes."""

LARGEST: Final = 1_000_000
"""Bytes a value may have before it is compressed; no section of a page needs more."""

_DIGEST: Final = 8
_SEAL: Final = len(FORMAT) + _DIGEST


def seal(address: str, generation: bytes, value: bytes) -> bytes:
    """The value in its envelope: format, digest, and what the digest is of besides the address.

    Raises `ValueError` where it is larger than `LARGEST`.
    """
    if len(value) > LARGEST:
        raise ValueError(f"a value of {len(value)} bytes is above the {LARGEST} that are kept")
    content = generation + _packed(value)
    return FORMAT + _digest(address, content) + content


def unseal(address: str, generation: bytes, sealed: object) -> bytes | None:
    """The value; None unless it was sealed for this address in this generation, by this format, and is whole.

    So a reply that belongs to another command, whatever mixed them up, shows nobody another's data.
    """
    if not isinstance(sealed, bytes):
        return None
    content = sealed[_SEAL:]
    if not content.startswith(generation) or sealed[:_SEAL] != FORMAT + _digest(address, content):
        return None
    return _unpacked(content[GENERATION:])


def _packed(value: bytes) -> bytes:
    if len(value) > COMPRESS_ABOVE:
        deflated = zlib.compress(value, level=1)
        if len(deflated) < len(value):
            return DEFLATED + deflated
    return PLAIN + value


def _unpacked(packed: bytes) -> bytes | None:
    body = packed[1:]
    match packed[:1]:
        case b"\x00":
            return body if len(body) <= LARGEST else None
        case b"\x01":
            return _inflated(body)
        case _:
            return None


def _inflated(body: bytes) -> bytes | None:
    """At most `LARGEST` bytes of it are ever made."""
    inflating = zlib.decompressobj()
    try:
        value = inflating.decompress(body, LARGEST)
    except zlib.error:
        return None
    return value if inflating.eof and not inflating.unused_data else None


def _digest(address: str, content: bytes) -> bytes:
    """Not against forgers, who would have the server: against mistakes. Without ambiguity, as no address has a null."""
    return blake2b(b"%b\0%b" % (address.encode(), content), digest_size=_DIGEST).digest()
