"""What makes no sense in who we are to an upstream: said at start, for it would break every call."""

import re
from collections.abc import Iterator
from typing import Final

from bff.identity import Identity
from bff.transport.tls import TlsError, check

NAME: Final = re.compile(r"[a-z0-9-]{1,64}")

OURS: Final = frozenset(
    {
        "accept",
        "accept-encoding",
        "connection",
        "content-length",
        "host",
        "traceparent",
        "tracestate",
        "transfer-encoding",
        "user-agent",
        "x-deadline-ms",
        "x-request-id",
    }
)
"""What we or our client say in a request."""

SECRET: Final = frozenset({"authorization", "cookie", "proxy-authorization"})
"""What is between a user and us."""

FOR_US: Final = ("x-bff-", "x-dev-")
"""How names begin of what is said to us alone; x-bff-admin-token is among them."""

OF_THE_CONNECTION: Final = frozenset(
    {
        "expect",
        "http2-settings",
        "keep-alive",
        "proxy-authenticate",
        "proxy-connection",
        "te",
        "trailer",
        "upgrade",
    }
)

OF_THE_HOUSE: Final = ("x-envoy-", "x-forwarded-", "forwarded", "via", "x-real-ip", "baggage", "x-b3-")
"""How names begin of what tells an outsider how our house is built."""


def problems_of(source: str, identity: Identity) -> Iterator[str]:
    """A sentence for each, with the name of the setting."""
    variable = f"BFF_{source.upper()}"
    yield from _of_forwarding(variable, identity)
    yield from _of_the_key(variable, identity)
    if (identity.tls.certificate is None) != (identity.tls.key is None):
        return  # half set, of which others tell
    try:
        check(identity.tls)
    except TlsError as error:
        yield f"{variable}__TLS__{error.option.upper()}: {error}."


def _of_forwarding(variable: str, identity: Identity) -> Iterator[str]:
    taken = {identity.api_key.header, "authorization" if identity.bearer else None}
    for name in identity.forwards:
        if (why := _why_not(name)) is not None or name in taken:
            yield f"{variable}__FORWARDS: {name} cannot be forwarded: {why or 'our credentials for it stand there'}."
        elif identity.external and name.startswith(OF_THE_HOUSE):
            yield f"{variable}__FORWARDS: {name} cannot be forwarded to somebody external: it is about our own network."


def _of_the_key(variable: str, identity: Identity) -> Iterator[str]:
    header = identity.api_key.header
    if header is not None and not NAME.fullmatch(header):
        yield f"{variable}__API_KEY__HEADER: {header} is no name of a header in lower case."
    if header in OURS | OF_THE_CONNECTION | {"cookie"}:
        yield f"{variable}__API_KEY__HEADER: {header} is not free for a key: requests have it for something else."
    if header == "authorization" and identity.bearer:
        yield f"{variable}__API_KEY__HEADER: authorization is where {variable}__BEARER stands: set one of them."


def _why_not(name: str) -> str | None:
    if not NAME.fullmatch(name):
        return "it is no name of a header in lower case"
    if name in SECRET:
        return "it is between a user and us"
    if name in OURS:
        return "every request has its own"
    if name in OF_THE_CONNECTION:
        return "it is about the connection, and not about the request"
    return "it is for us alone" if name.startswith(FOR_US) else None
