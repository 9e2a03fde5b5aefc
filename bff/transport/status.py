"""What an HTTP status means for a section. Statuses are translated here and nowhere else."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

from bff.errors import NotFound, UpstreamFailed, UpstreamInvalid, UpstreamThrottled
from bff.transport import Response

MAX_RETRY_AFTER: Final = 300.0
"""Seconds; an upstream that asks for more (or for the year 2099) is asked again after this."""


def raise_for_status(response: Response) -> None:
    """Return for a 200. Raises `NotFound`, `UpstreamThrottled`, `UpstreamInvalid` or `UpstreamFailed`."""
    status = response.status
    if status == 200:
        return
    wait = retry_after(response)
    if status == 404:
        raise NotFound("the upstream answered 404")
    if status == 429:
        raise UpstreamThrottled("the upstream answered 429", retry_after=wait)
    if 200 <= status < 300:
        raise UpstreamInvalid(f"the upstream answered {status}, where the contract allows only 200")
    raise UpstreamFailed(f"the upstream answered {status}", retry_after=wait)


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
