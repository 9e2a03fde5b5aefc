"""A body read up to a cap that holds after decompression: a gzip bomb is never unpacked beyond it."""

import zlib
from collections.abc import AsyncIterable
from typing import Final

from bff.errors import UpstreamFailed, UpstreamInvalid

GZIP: Final = 16 + zlib.MAX_WBITS


async def read_plain(chunks: AsyncIterable[bytes], most: int) -> bytes:
    """The chunks as one. Raises `UpstreamInvalid` beyond `most` bytes."""
    body = bytearray()
    async for chunk in chunks:
        body += chunk
        if len(body) > most:
            raise _too_large(most)
    return bytes(body)


async def read_gzip(chunks: AsyncIterable[bytes], most: int) -> bytes:
    """What the chunks unpack to.

    Raises `UpstreamInvalid` beyond `most` bytes or where it is no gzip, `UpstreamFailed` where its end is missing.
    """
    unpacking = zlib.decompressobj(GZIP)
    body = bytearray()
    try:
        async for chunk in chunks:
            body += unpacking.decompress(chunk, most + 1 - len(body))
            if len(body) > most:
                raise _too_large(most)
    except zlib.error:
        raise UpstreamInvalid("the body could not be decoded") from None
    if not unpacking.eof:
        raise UpstreamFailed("the connection broke before the answer was whole")
    return bytes(body)


def _too_large(most: int) -> UpstreamInvalid:
    return UpstreamInvalid(f"the body is larger than {most} bytes")
