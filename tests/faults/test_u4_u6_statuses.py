"""U4, U5 and U6 over sockets: an upstream that answers with another status than 200."""

import logging
from collections import Counter

import pytest

from bff.events import CredentialsRefused
from tests.faults.landing_over_sockets import BUSY_MACHINE, landing_over_sockets
from tests.faults.survived import Loss, assert_survives, each_source
from tests.transport.raw_server import answer, once


@each_source
@pytest.mark.parametrize("status", [500, 502, 503, 504])
async def test_u4_a_server_error_costs_one_section_and_at_most_one_retry_of_each_call(name: str, status: int) -> None:
    async with landing_over_sockets() as landing:
        upstream = landing.upstreams[name]
        fault = upstream.playing(once(answer(status, b"no")), goes_on=True)
        await assert_survives(landing.client, fault, Loss(name, ("UPSTREAM_ERROR",)))


@each_source
async def test_u4_each_call_is_tried_at_most_twice(name: str) -> None:
    async with landing_over_sockets() as landing:
        upstream = landing.upstreams[name]
        async with upstream.playing(once(answer(503, b"no")), goes_on=True):
            await landing.client.ask()
        asked = Counter(upstream.targets)
    assert max(asked.values()) == 2, "one retry, and no more"


@each_source
async def test_u5_an_upstream_that_throttles_us_is_back_once_its_second_is_over(name: str) -> None:
    """To the millisecond, and for longer waits, on virtual time."""
    async with landing_over_sockets() as landing:
        fault = landing.upstreams[name].playing(once(answer(429, b"no", retry_after="1")), goes_on=True)
        await assert_survives(landing.client, fault, Loss(name, ("UPSTREAM_THROTTLED",)), within=1 + BUSY_MACHINE)


@each_source
@pytest.mark.parametrize("status", [401, 403])
async def test_u6_refused_credentials_cost_one_section_and_no_retry(name: str, status: int) -> None:
    async with landing_over_sockets() as landing:
        upstream = landing.upstreams[name]
        fault = upstream.playing(once(answer(status, b"no")), goes_on=True)
        await assert_survives(landing.client, fault, Loss(name, ("UPSTREAM_ERROR",)))


@each_source
async def test_u6_refused_credentials_are_said_loudly(name: str, caplog: pytest.LogCaptureFixture) -> None:
    async with landing_over_sockets() as landing:
        upstream = landing.upstreams[name]
        async with upstream.playing(once(answer(401, b"no")), goes_on=True):
            await landing.client.ask()
        asked = Counter(upstream.targets)
        refused = [event for event in landing.events if isinstance(event, CredentialsRefused)]
    assert set(asked.values()) == {1}, "no retry helps"
    assert {event.source for event in refused} == {name}
    assert [record for record in caplog.records if record.levelno == logging.ERROR and name in record.getMessage()]
