"""Requests as a server would hand them over, read."""

from starlette.requests import Request
from starlette.types import Message

from bff.events import Event, Listener
from bff.execution.asked import Asked
from bff.settings.edge import Limit
from bff.web.reading import read
from bff.web.reading.size import Size

JSON = "application/json"
QUERY = b'{"query": "{ landingPage { id } }"}'
LIMIT = Limit(100_000)


async def posted(
    *chunks: bytes,
    media_type: str | None = JSON,
    headers: dict[str, str] | None = None,
    limit: Limit = LIMIT,
    told: list[Event] | None = None,
) -> Asked:
    """A POST with a body in so many parts."""
    messages: list[Message] = [{"type": "http.request", "body": chunk, "more_body": True} for chunk in chunks]
    messages.append({"type": "http.request", "body": b"", "more_body": False})

    async def receive() -> Message:
        return messages.pop(0)

    sent = {**({} if media_type is None else {"content-type": media_type}), **(headers or {})}
    raw = [(name.encode(), value.encode("latin-1")) for name, value in sent.items()]
    request = Request({"type": "http", "method": "POST", "headers": raw}, receive)
    return await read(request, Size(limit, _to(told)))


async def got(query_string: bytes, *, limit: Limit = LIMIT, told: list[Event] | None = None) -> Asked:
    """A GET."""
    request = Request({"type": "http", "method": "GET", "headers": [], "query_string": query_string})
    return await read(request, Size(limit, _to(told)))


def _to(told: list[Event] | None) -> Listener:
    return (told if told is not None else []).append
