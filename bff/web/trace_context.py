"""The ids by which one request is known here and upstream."""

import re
import secrets
from typing import Final

_REQUEST_ID: Final = re.compile(r"[A-Za-z0-9_.:-]{1,128}")
_TRACEPARENT: Final = re.compile(r"00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")


def request_id(inbound: str | None) -> str:
    """The id a proxy gave, where it is harmless; else a new one."""
    if inbound is not None and _REQUEST_ID.fullmatch(inbound):
        return inbound
    return secrets.token_hex(16)


def traceparent(inbound: str | None) -> str:
    """The W3C trace context that came, where it is valid; else a new trace, not sampled."""
    if inbound is not None and _TRACEPARENT.fullmatch(inbound):
        return inbound
    return f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-00"
