"""Frames as server-sent events, by GraphQL over SSE in its mode of one connection for each operation."""

from dataclasses import dataclass
from typing import Final

EVENT_STREAM: Final = "text/event-stream"


@dataclass(frozen=True, slots=True)
class EventStream:
    """Lines end in LF: a client of the four looks for two of them and knows no CRLF."""

    before: bytes = b""
    content_type: str = EVENT_STREAM

    def part(self, frame: bytes, *, last: bool) -> bytes:
        """One frame, which holds no line break. With the last goes the event that says so."""
        return b"".join((b"event: next\ndata: ", frame, b"\n\nevent: complete\ndata:\n\n" if last else b"\n\n"))
