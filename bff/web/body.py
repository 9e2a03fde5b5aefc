"""From the body of a POST to what it asks for."""

from typing import Any, Final

import msgspec
from starlette.requests import Request

from bff.decode import UNREADABLE
from bff.errors import BadBody

MAX_BODY: Final = 100_000


class BodyTooLarge(BadBody):
    """More bytes than anybody needs to ask for a page."""

    status = 413


class WrongMediaType(BadBody):
    """Not JSON; refusing forms is also what keeps other sites' pages from posting here."""

    status = 415


class GraphQLRequest(msgspec.Struct, frozen=True):
    """What a client sends."""

    query: str
    variables: dict[str, Any] | None = None
    operation_name: str | None = msgspec.field(name="operationName", default=None)
    extensions: dict[str, Any] | None = None


_DECODER: Final = msgspec.json.Decoder(GraphQLRequest)


async def read_body(request: Request) -> GraphQLRequest:
    """What is asked for. Raises `BadBody`."""
    media_type, _, _ = request.headers.get("content-type", "").partition(";")
    if media_type.strip().lower() != "application/json":
        raise WrongMediaType("Send the request as JSON, with `content-type: application/json`.")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY:
            raise BodyTooLarge(f"The body is larger than {MAX_BODY} bytes.")
    try:
        return _DECODER.decode(body)
    except UNREADABLE as error:
        raise BadBody(
            f'The body is not a GraphQL request such as {{"query": "{{ … }}"}}: {str(error)[:200]}.'
        ) from error
