"""Every line of one header. Who reads only the first reads what a client wrote, and not what a proxy added below."""

from collections.abc import Mapping, Sequence

from starlette.datastructures import Headers


def header_lines(headers: Mapping[str, str], name: str) -> Sequence[str]:
    """In the order they came. A mapping other than Starlette's knows of one."""
    if isinstance(headers, Headers):
        return headers.getlist(name)
    return [headers[name]] if name in headers else []
