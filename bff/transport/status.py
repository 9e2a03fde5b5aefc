"""What an HTTP status means for a section. Statuses are translated here and nowhere else."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

from bff.errors import AccessDenied, NotFound, UpstreamFailed, UpstreamInvalid, UpstreamRejected, UpstreamThrottled
from bff.transport import Response

MAX_RETRY_AFTER: Final = 60.0
"""Seconds; an upstream that asks for more (or for the year 2099) is asked again after this."""

PASSING: Final = frozenset({408, 425})
"""Statuses below 500 that mean "not now", not "not this"."""


def raise_for_status(response: Response) -> None:
    """Return for a 200. Raises a `SourceError` for anything else."""
    status = response.status
    if status == 200:
        return
    said = f"the upstream answered {status}"
    match status:
        case 404:
            raise NotFound(said)
        case 429:
            raise UpstreamThrottled(said, retry_after=retry_after(response))
        case 401 | 403:
            raise AccessDenied(f"{said}: are our credentials right?")
        case _ if status < 300:
            raise UpstreamInvalid(f"{said}, where the contract allows only 200")
        case _ if status < 500 and status not in PASSING:
            raise UpstreamRejected(f"{said}, and redirects are not followed" if status < 400 else said)
        case _:
            raise UpstreamFailed(said, retry_after=retry_after(response))


def retry_after(response: Response) -> float | None:
    """The seconds a Retry-After header asks for, in [0, MAX_RETRY_AFTER]; None without a readable one."""
    given = response.headers.get("retry-after", "").strip()
    if not given:
        return None
    if given.isascii() and given.isdigit():
        return min(float(given), MAX_RETRY_AFTER)
    try:
        until = parsedate_to_datetime(given)
    except (ValueError, OverflowError):
        return None
    if until.tzinfo is None:
        until = until.replace(tzinfo=UTC)
    return min(max(0.0, (until - datetime.now(UTC)).total_seconds()), MAX_RETRY_AFTER)
