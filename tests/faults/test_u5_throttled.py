"""U5 on virtual time: an upstream says when it wants to be asked again, and nobody asks before."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from tests.faults.survived import (
    KNOWN,
    NEW,
    PAST_TTL,
    Loss,
    assert_null,
    assert_recovers,
    assert_stale,
    each_source,
    healthy_page,
)
from tests.faults.virtual_faults import ASKED_EACH_TIME, answering, status
from tests.page_client import landing
from tests.upstreams_in_process import InProcessUpstreams

pytestmark = pytest.mark.virtual_time


def in_half_a_minute() -> str:
    return format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)


A_MOMENT = 0.01

LONGEST = 60
"""Seconds that anybody is left alone for, whatever they ask for."""

ASKED_FOR: dict[str, tuple[Callable[[], str], float, float]] = {
    "seconds": (lambda: "7", 7, 7),
    "a day of seconds": (lambda: "86400", LONGEST, LONGEST),
    "a date": (in_half_a_minute, 25, 30),  # read by the real clock, and cut to whole seconds
    "the year 2099": (lambda: "Thu, 31 Dec 2099 23:59:59 GMT", LONGEST, LONGEST),
}
"""What the header holds; for how many seconds nobody asks, at least and at most."""


@each_source
@pytest.mark.parametrize("when", ASKED_FOR)
async def test_u5_nobody_asks_before_the_upstream_said_to_and_then_the_page_is_whole(name: str, when: str) -> None:
    header, at_least, at_most = ASKED_FOR[when]
    throttled = Loss(name, ("UPSTREAM_THROTTLED",))
    upstreams = InProcessUpstreams()
    async with landing(upstreams, settings=ASKED_EACH_TIME) as client:
        await client.ask(viewer=KNOWN)
        await asyncio.sleep(PAST_TTL)
        async with answering(upstreams, name, status(429, retry_after=header())):
            first = await client.ask(viewer=NEW)
        calls = upstreams.calls[name]
        await asyncio.sleep(at_least - A_MOMENT)
        known, new = await asyncio.gather(client.ask(viewer=KNOWN), client.ask(viewer=NEW))
        assert upstreams.calls[name] == calls
        await asyncio.sleep(at_most - at_least + A_MOMENT)
        await assert_recovers(client, KNOWN, within=0, last=known)
        await assert_recovers(client, NEW, within=0, last=new)

    assert_null(first, healthy_page(NEW), throttled)
    assert at_least * 1000 <= first.row("landingPage", throttled.section)["retryAfterMs"] <= at_most * 1000
    assert_stale(known, healthy_page(KNOWN), Loss(name, ("UPSTREAM_THROTTLED",)))
    assert_null(new, healthy_page(NEW), Loss(name, ("UPSTREAM_THROTTLED",)))
    assert 0 < new.row("landingPage", throttled.section)["retryAfterMs"] <= (at_most - at_least + A_MOMENT) * 1000
