"""Where a request shows its token: in the header, or else in a cookie."""

from collections.abc import Mapping, Sequence
from typing import Final

from bff.errors import Unauthenticated
from bff.web.header_lines import header_lines

MAX_TOKEN: Final = 8_192
MAX_COOKIES: Final = 32_768
"""Characters, of all cookies together."""

ASKED_FOR: Final = "Sign in: send a token as `Authorization: Bearer …`."


def presented_token(headers: Mapping[str, str], cookie: str | None) -> str:
    """The token, which may be anything of bounded length. A cookie counts exactly where there is no `authorization`.

    Raises `Unauthenticated` where there is none, or more than one to choose from.
    """
    lines = header_lines(headers, "authorization")
    token = _of_cookie(headers, cookie) if cookie is not None and not lines else _of_header(lines)
    if not token:
        raise Unauthenticated(ASKED_FOR)
    if len(token) > MAX_TOKEN:
        raise Unauthenticated(f"The token is longer than {MAX_TOKEN} characters.")
    return token


def _of_header(lines: Sequence[str]) -> str:
    if len(lines) > 1:
        raise Unauthenticated("There are several `Authorization` headers: send one.")
    scheme, _, token = (lines[0] if lines else "").partition(" ")
    return token.strip(" ") if scheme.lower() == "bearer" else ""


def _of_cookie(headers: Mapping[str, str], name: str) -> str:
    """A cookie that is there twice may have been put beside the true one by another site below the same domain."""
    lines = header_lines(headers, "cookie")
    if sum(map(len, lines)) > MAX_COOKIES:
        raise Unauthenticated(f"The cookies are longer than {MAX_COOKIES} characters.")
    found = []
    for line in lines:
        if name in line:
            pairs = (pair.partition("=") for pair in line.split(";"))
            found += [value.strip(" \t") for key, joint, value in pairs if joint and key.strip(" \t") == name]
    if len(found) > 1:
        raise Unauthenticated(f"The cookie {name} is there {len(found)} times: sign in again.")
    return found[0] if found else ""
