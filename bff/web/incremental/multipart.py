"""Frames as the parts of one `multipart/mixed` body."""

from dataclasses import dataclass
from typing import Final

MULTIPART: Final = "multipart/mixed"

_HEAD: Final = b"\r\ncontent-type: application/json; charset=utf-8\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Multipart:
    """The boundary is `-`, which is what every client takes when it finds none."""

    spec: str | None = None
    """As the client named it in its `Accept`: `deferSpec=20220824`."""

    before: bytes = b"\r\n---"

    @property
    def content_type(self) -> str:
        """The header's value."""
        spec = "" if self.spec is None else f"; {self.spec}"
        return f'{MULTIPART}; boundary="-"{spec}'

    def part(self, frame: bytes, *, last: bool) -> bytes:
        """One frame. The boundary that ends it goes along: a client shows nothing before it has seen that."""
        return b"".join((_HEAD, frame, b"\r\n-----\r\n" if last else b"\r\n---"))
