"""What a connection is told that is closed for what came over it."""

from collections.abc import Iterable
from http import HTTPStatus
from typing import Final

MEANINGS: Final = {
    400: "This is not HTTP as it should be.",
    408: "The request took too long to come.",
    414: "The address asked for is too long.",
    431: "The headers are too large, or too many.",
    503: "Too many connections.",
}


def response(status: int, headers: Iterable[tuple[bytes, bytes]], body: bytes, *, closes: bool) -> bytes:
    """As it goes over the wire."""
    head = [_LINES[status]]
    for name, value in headers:
        head += (name, b": ", value, b"\r\n")
    head.append(b"connection: close\r\n\r\n" if closes else b"\r\n")
    head.append(body)
    return b"".join(head)


def _status_line(status: int) -> bytes:
    return f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\n".encode()


def _last_words(status: int) -> bytes:
    body = MEANINGS[status].encode()
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
    ]
    return response(status, [*headers, (b"retry-after", b"1")] if status == 503 else headers, body, closes=True)


_LINES: Final = {status.value: _status_line(status.value) for status in HTTPStatus}

LAST_WORDS: Final = {status: _last_words(status) for status in MEANINGS}
