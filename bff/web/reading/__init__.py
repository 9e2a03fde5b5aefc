"""From a request to what it asks for: out of the body of a POST, or out of the query string of a GET."""

from starlette.requests import Request

from bff.execution.asked import Asked
from bff.web.reading.body import read_body
from bff.web.reading.query_string import read_query_string
from bff.web.reading.size import Size


async def read(request: Request, size: Size) -> Asked:
    """What is asked for. Raises `BadBody`."""
    if request.method == "POST":
        return await read_body(request, size)
    return read_query_string(request, size)
