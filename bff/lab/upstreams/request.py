"""Reading one request: GET only, no body, headers of at most 16 kB."""

from dataclasses import dataclass
from typing import Final

END: Final = b"\r\n\r\n"
MAX_HEAD: Final = 16_384


class BadRequestError(Exception):
    """Not a request that this server takes."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True)
class Request:
    """A request. `fault` is what its `x-dev-break` asks for, or empty."""

    target: str
    header_lines: str
    keep_alive: bool
    fault: str

    @property
    def headers(self) -> dict[str, str]:
        """The headers, names in lower case."""
        pairs = (line.partition(":") for line in self.header_lines.splitlines())
        return {name.lower(): value.strip() for name, _, value in pairs}


def take_request(buffer: bytearray) -> Request | None:
    """Take the first request off the buffer; None if it has not come whole. Raises `BadRequestError`."""
    end = buffer.find(END)
    if max(end, len(buffer) if end < 0 else 0) > MAX_HEAD:
        raise BadRequestError(431, f"The headers are longer than {MAX_HEAD} bytes: send fewer.")
    if end < 0:
        return None
    line, _, header_lines = buffer[:end].decode("latin-1").partition("\r\n")
    del buffer[: end + len(END)]

    parts = line.split(" ")
    if len(parts) != 3 or parts[2] not in ("HTTP/1.1", "HTTP/1.0"):
        raise BadRequestError(400, f"{line[:80]!r} is not the first line of an HTTP/1.1 request.")
    if parts[0] != "GET":
        raise BadRequestError(405, f"{parts[0][:20]} is not served here: this upstream only answers GET.")

    # Looked up and not parsed: a dictionary for each request would cost more than all the rest.
    searchable = f"\r\n{header_lines.lower()}\r\n"
    if _find(searchable, "transfer-encoding") or _find(searchable, "content-length") not in ("", "0"):
        raise BadRequestError(400, "A GET with a body is not served here: send none.")
    keep_alive = parts[2] == "HTTP/1.1" and _find(searchable, "connection") != "close"
    return Request(parts[1], header_lines, keep_alive, _find(searchable, "x-dev-break"))


def _find(searchable: str, name: str) -> str:
    _, found, rest = searchable.partition(f"\r\n{name}:")
    return rest.partition("\r\n")[0].strip() if found else ""
