"""The body of a POST: JSON, as it is, in UTF-8."""

from collections.abc import Mapping
from typing import ClassVar, Final

import msgspec
from starlette.datastructures import Headers
from starlette.requests import Request

from bff.decode import UNREADABLE
from bff.errors import BadBody
from bff.execution.asked import Asked
from bff.web.reading.size import BodyTooLarge, Size
from bff.web.reading.something import something_to_run

_DECODER: Final = msgspec.json.Decoder(Asked)


class WrongMediaType(BadBody):
    """Not JSON; refusing forms is also what keeps other sites' pages from posting here without being asked first."""

    status = 415
    headers: ClassVar[Mapping[str, str]] = {"accept": "application/json", "accept-encoding": "identity"}


async def read_body(request: Request, size: Size) -> Asked:
    """What is asked for. Raises `BadBody`."""
    _must_be_json(request.headers)
    body = await _whole(request, size)
    try:
        asked = _DECODER.decode(body)
    except UNREADABLE as error:
        if body.lstrip()[:1] == b"[":
            raise BadBody("This is a batch, and batching is off here: send each request by itself.") from error
        raise BadBody(
            f'The body is not a GraphQL request such as {{"query": "{{ … }}"}}: {str(error)[:200]}.'
        ) from error
    return something_to_run(asked)


def _must_be_json(headers: Headers) -> None:
    media_type, *parameters = headers.get("content-type", "").lower().split(";")
    if media_type.strip() != "application/json":
        raise WrongMediaType("Send the request as JSON, with `content-type: application/json`.")
    for name, _, value in (each.partition("=") for each in parameters):
        if name.strip() == "charset" and value.strip().strip('"') not in ("utf-8", "utf8"):
            raise WrongMediaType("Send the request in UTF-8: JSON has no other charset.")
    if headers.get("content-encoding", "identity").strip().lower() != "identity":
        raise WrongMediaType("Send the request as it is, without a content-encoding.")


async def _whole(request: Request, size: Size) -> bytearray:
    declared = _number(request.headers.get("content-length"))
    if declared > size.most:
        raise size.refused(declared, BodyTooLarge)
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > size.most:
            raise size.refused(len(body), BodyTooLarge)
    size.whole(len(body))
    return body


def _number(text: str | None) -> int:
    """What cannot be read promises nothing: what comes is counted all the same."""
    try:
        return int(text or 0)
    except ValueError:
        return 0
