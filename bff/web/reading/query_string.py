"""The query string of a GET: `?query=…&variables=…`, as forms are encoded."""

from typing import Any, Final
from urllib.parse import parse_qsl

import msgspec
from starlette.requests import Request

from bff.decode import UNREADABLE
from bff.errors import BadBody
from bff.execution.asked import Asked
from bff.web.reading.only_reading import only_reading
from bff.web.reading.size import QueryStringTooLong, Size
from bff.web.reading.something import something_to_run

PARAMETERS: Final = frozenset({"query", "variables", "operationName", "extensions", "documentId"})
MOST_PARAMETERS: Final = 100

_OBJECT: Final[msgspec.json.Decoder[dict[str, Any] | None]] = msgspec.json.Decoder(dict[str, Any] | None)


def read_query_string(request: Request, size: Size) -> Asked:
    """What is asked for. Raises `BadBody`."""
    encoded: bytes = request.scope["query_string"]
    if len(encoded) > size.most:
        raise size.refused(len(encoded), QueryStringTooLong)
    size.whole(len(encoded))
    given = _parameters(encoded)
    asked = Asked(
        query=given.get("query"),
        variables=_object("variables", given),
        operation_name=given.get("operationName"),
        extensions=_object("extensions", given),
        document_id=given.get("documentId"),
    )
    return only_reading(something_to_run(asked))


def _parameters(encoded: bytes) -> dict[str, str]:
    """Those that count. An empty one is as if not sent; of two by one name nobody knows which is meant."""
    try:
        pairs = parse_qsl(encoded.decode("ascii"), errors="strict", max_num_fields=MOST_PARAMETERS)
    except ValueError as error:
        raise BadBody("The query string cannot be read: encode it as a form is, in UTF-8.") from error
    known = [(name, value) for name, value in pairs if name in PARAMETERS]
    given = dict(known)
    if len(given) < len(known):
        raise BadBody("A parameter is there twice in the query string: send each once.")
    return given


def _object(name: str, given: dict[str, str]) -> dict[str, Any] | None:
    if name not in given:
        return None
    try:
        return _OBJECT.decode(given[name])
    except UNREADABLE as error:
        raise BadBody(f"`{name}` in the query string is not a JSON object: {str(error)[:200]}.") from error
