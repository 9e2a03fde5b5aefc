"""Whoever asks too often gets a 429 that says when to come back, and nobody else does."""

import pytest

from bff.events import Event, RateExceeded
from tests.page_client import Answered, landing
from tests.upstreams_in_process import InProcessUpstreams

pytestmark = pytest.mark.virtual_time

QUERY = "{ landingPage { viewer { id } } }"
BEHIND = {"BFF_TRUSTED_PROXIES": "127.0.0.1"}


def refused(answer: Answered) -> bool:
    [error] = answer.body.pop("errors")
    assert answer.body == {}
    assert error["extensions"] == {"code": "RATE_LIMITED"}
    assert answer.status == 429
    return 0 < int(answer.headers["retry-after"]) <= 20


async def test_one_viewer_too_many_is_refused_and_the_others_are_not() -> None:
    async with landing(InProcessUpstreams(), settings={"BFF_RATE__VIEWER": "3/m"}) as client:
        assert [(await client.ask(QUERY)).status for _ in range(3)] == [200] * 3
        assert refused(await client.ask(QUERY))
        assert (await client.ask(QUERY, viewer="8")).status == 200


async def test_one_address_too_many_is_refused_before_anybody_is_signed_in() -> None:
    async with landing(InProcessUpstreams(), settings={"BFF_RATE__ADDRESS": "3/m", **BEHIND}) as client:
        one, other = {"x-forwarded-for": "1.1.1.1, 9.9.9.9"}, {"x-forwarded-for": "9.9.9.9, 8.8.8.8"}
        assert [(await client.ask(QUERY, viewer=f"{who}", headers=one)).status for who in range(1, 4)] == [200] * 3
        assert refused(await client.ask(QUERY, viewer="4", headers=one))
        assert refused(await client.ask("{", viewer="", headers=one | {"x-forwarded-for": "2.2.2.2,9.9.9.9"}))
        assert (await client.ask(QUERY, headers=other)).status == 200


async def test_health_is_answered_however_often_it_is_asked() -> None:
    settings = {"BFF_RATE__ADDRESS": "1/m", "BFF_RATE__VIEWER": "1/m"}
    async with landing(InProcessUpstreams(), settings=settings) as client:
        for path in ("/health/live", "/health/ready") * 5:
            assert (await client.http.get(path)).status_code == 200


async def test_in_report_only_mode_nobody_is_refused_and_it_is_told() -> None:
    told: list[Event] = []
    settings = {"BFF_RATE__VIEWER": "3/m", "BFF_RATE__MODE": "report-only"}
    async with landing(InProcessUpstreams(), settings=settings, listeners=(told.append,)) as client:
        assert [(await client.ask(QUERY)).status for _ in range(5)] == [200] * 5
    assert [event for event in told if isinstance(event, RateExceeded)] == [RateExceeded("viewer", enforced=False)] * 2
