"""What a simulated upstream puts on the wire, as a script that can be read and tested without a socket."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from http.client import responses
from typing import Final

import orjson

JSON: Final = "application/json"


class Ending(Enum):
    """What becomes of the connection. Without an ending it is kept for the next request."""

    CLOSE = auto()
    RESET = auto()
    SILENCE = auto()


# Bytes are sent, a number is a wait in seconds, an ending is the last step.
Script = Iterator[bytes | float | Ending]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a service says. `route` is its name in the statistics, such as `messages by ids`."""

    status: int
    body: bytes
    route: str


def refusal(status: int, message: str, route: str) -> Answer:
    """An answer that says in JSON what is wrong with the request."""
    return Answer(status, orjson.dumps({"error": message}), route)


def head(status: int, length: int, content_type: str = JSON) -> bytes:
    """Status line and headers of a response whose body has `length` bytes."""
    line = f"HTTP/1.1 {status} {responses.get(status, 'Error')}"
    return f"{line}\r\ncontent-type: {content_type}\r\ncontent-length: {length}\r\n\r\n".encode()


def response(status: int, body: bytes, content_type: str = JSON) -> bytes:
    """A whole response."""
    return head(status, len(body), content_type) + body
