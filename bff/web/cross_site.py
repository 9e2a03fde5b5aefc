"""Requests that a page of another site makes its reader's browser send."""

from collections.abc import Collection, Mapping
from typing import Final

from bff.errors import Forbidden

OURS: Final = frozenset({"same-origin", "none"})
"""What `sec-fetch-site` says of a request that a page of ours makes, or a person, who typed the address in."""


class CrossSite:
    """Where the proof of who asks is one that a browser adds by itself (a cookie, a certificate, a known address), the
    request must come from our own pages, or from one of an origin that is allowed.

    Judged as Go's `net/http.CrossOriginProtection` does, but GET and HEAD too: docs/decisions/0035-cross-site.md.
    """

    def __init__(self, origins: Collection[str]) -> None:
        self._allowed = frozenset(origins)

    def check(self, headers: Mapping[str, str]) -> None:
        """Raises `Forbidden`."""
        if headers.get("authorization", "")[:7].lower() == "bearer ":
            return  # no browser adds this by itself, and a script of another site only where it was allowed to
        if headers.get("origin") not in self._allowed and not _ours(headers):
            raise Forbidden(
                "A page of another site asks. To let it, add its origin to BFF_CORS_ORIGINS, "
                "or let it send a token of its own as `Authorization: Bearer …`."
            )


def _ours(headers: Mapping[str, str]) -> bool:
    """A request without any sign of a browser comes from none, or from an old one and then from a page of ours, or it
    is a GET whose answer nobody can read.
    """
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site:
        return site in OURS
    return origin is None or _host(origin) == headers.get("host", "").lower()


def _host(origin: str) -> str:
    """Of `https://example.com:8443`. Of `null` nothing that any host is called."""
    return origin.partition("://")[2].lower()
