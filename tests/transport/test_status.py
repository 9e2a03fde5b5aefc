"""What an HTTP status means, and how long a Retry-After is believed."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bff.errors import (
    AccessDenied,
    NotFound,
    SourceError,
    UpstreamFailed,
    UpstreamInvalid,
    UpstreamRejected,
    UpstreamThrottled,
)
from bff.transport import Response
from bff.transport.status import MAX_RETRY_AFTER, raise_for_status, retry_after


def answered(status: int, **headers: str) -> Response:
    return Response(status, {name.replace("_", "-"): value for name, value in headers.items()}, b"")


def waits(given: str) -> float | None:
    return retry_after(answered(429, retry_after=given))


def test_200_is_an_answer() -> None:
    raise_for_status(answered(200))


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (201, UpstreamInvalid),
        (204, UpstreamInvalid),
        (302, UpstreamRejected),
        (400, UpstreamRejected),
        (401, AccessDenied),
        (403, AccessDenied),
        (404, NotFound),
        (408, UpstreamFailed),
        (425, UpstreamFailed),
        (422, UpstreamRejected),
        (429, UpstreamThrottled),
        (500, UpstreamFailed),
        (503, UpstreamFailed),
        (999, UpstreamFailed),
    ],
)
def test_u4_to_u7_any_other_status_has_its_error_which_names_it(status: int, error: type[SourceError]) -> None:
    with pytest.raises(error, match=str(status)):
        raise_for_status(answered(status))


@pytest.mark.parametrize("status", [429, 503])
def test_u5_the_error_says_how_long_to_wait(status: int) -> None:
    with pytest.raises(SourceError) as caught:
        raise_for_status(answered(status, retry_after="7"))
    assert caught.value.retry_after == 7


@pytest.mark.parametrize(("given", "seconds"), [("0", 0), ("7", 7), (" 7 ", 7), ("0000000000007", 7)])
def test_u5_a_number_is_seconds(given: str, seconds: float) -> None:
    assert waits(given) == seconds


def test_u5_a_date_is_waited_for() -> None:
    assert waits(format_datetime(datetime.now(UTC) + timedelta(seconds=50))) == pytest.approx(50, abs=5)


def test_u5_a_date_without_a_zone_is_in_utc() -> None:
    when = (datetime.now(UTC) + timedelta(seconds=50)).replace(tzinfo=None)
    assert waits(format_datetime(when).replace(" -0000", "")) == pytest.approx(50, abs=5)


def test_u5_a_date_that_is_past_means_now() -> None:
    assert waits("Wed, 21 Oct 2015 07:28:00 GMT") == 0


@pytest.mark.parametrize("given", ["61", "9" * 5_000, "Thu, 31 Dec 2099 23:59:59 GMT"])
def test_u5_nobody_waits_longer_than_the_most(given: str) -> None:
    assert waits(given) == MAX_RETRY_AFTER


@pytest.mark.parametrize("given", ["", " ", "-5", "1.5", "soon", "٣", "Fri, 31 Dec 99999999999999999 23:59:59 GMT"])
def test_u5_what_cannot_be_read_says_nothing(given: str) -> None:
    assert waits(given) is None


def test_no_retry_after_says_nothing() -> None:
    assert retry_after(answered(503)) is None


@settings(deadline=None)
@given(st.text() | st.from_regex(r"[A-Z][a-z]{2}, \d{1,20} [A-Z][a-z]{2} \d{1,20} \d+:\d+:\d+ [-+A-Z0-9]*"))
def test_whatever_is_given_the_wait_is_bounded(given: str) -> None:
    seconds = waits(given)
    assert seconds is None or 0 <= seconds <= MAX_RETRY_AFTER
