"""A viewer, or an address, that asks too often is told so, and when to come back."""

import asyncio
from collections.abc import Callable

import pytest

from bff.errors import RateLimited
from bff.events import Event, RateExceeded
from bff.resilience.mode import Mode
from bff.settings.edge import Rate, Rates
from bff.web.rate.limits import RateLimits
from tests.web.rate.levels_in_memory import LevelsInMemory

pytestmark = pytest.mark.virtual_time


def refused(check: Callable[[], None]) -> RateLimited:
    with pytest.raises(RateLimited) as caught:
        check()
    return caught.value


async def test_one_viewer_too_many_is_refused_with_the_limit_and_when_to_come_back() -> None:
    told: list[Event] = []
    limits = RateLimits(Rates(viewer=Rate(20, 60.0)), told.append)
    for _ in range(20):
        limits.check_viewer("7")
    error = refused(lambda: limits.check_viewer("7"))
    assert str(error) == "Too many requests: one viewer may make 20 a minute."
    assert (error.status, error.code) == (429, "RATE_LIMITED")
    assert error.retry_after == pytest.approx(3.0)
    assert told == [RateExceeded("viewer", enforced=True)]
    limits.check_viewer("8")
    await asyncio.sleep(3)
    limits.check_viewer("7")


async def test_all_hosts_of_one_network_are_one_address() -> None:
    told: list[Event] = []
    limits = RateLimits(Rates(address=Rate(5, 1.0)), told.append)
    for host in range(5):
        limits.check_address(f"2606:4700::{host}")
    error = refused(lambda: limits.check_address("2606:4700::ffff"))
    assert str(error) == "Too many requests: one address may make 5 a second."
    assert told == [RateExceeded("address", enforced=True)]
    limits.check_address("2606:4700:0:1::")


async def test_an_address_that_nobody_knows_is_not_counted() -> None:
    limits = RateLimits(Rates(address=Rate(1, 60.0)), lambda _: None)
    for _ in range(10):
        limits.check_address(None)


async def test_without_limits_everything_passes() -> None:
    limits = RateLimits(Rates(), lambda _: None)
    for _ in range(10_000):
        limits.check_address("9.9.9.9")
        limits.check_viewer("7")


async def test_in_report_only_mode_it_says_what_it_would_have_refused_and_counts_as_if_it_had() -> None:
    told: list[Event] = []
    limits = RateLimits(Rates(viewer=Rate(10, 10.0), mode=Mode.REPORT_ONLY), told.append)
    for _ in range(100):
        limits.check_viewer("7")
    assert told == [RateExceeded("viewer", enforced=False)] * 90
    told.clear()
    await asyncio.sleep(5)
    for _ in range(10):
        limits.check_viewer("7")
    assert len(told) == 5


async def test_an_odd_length_is_said_in_seconds() -> None:
    limits = RateLimits(Rates(viewer=Rate(1, 90.0)), lambda _: None)
    limits.check_viewer("7")
    assert "1 in 90 seconds" in str(refused(lambda: limits.check_viewer("7")))


@pytest.mark.parametrize("viewer", ["é", "\ud800", "x" * 200, "a b", "{}"])
async def test_whatever_a_viewer_is_called_it_is_counted(viewer: str) -> None:
    shared = LevelsInMemory()
    limits = RateLimits(Rates(viewer=Rate(1, 60.0)), lambda _: None, shared=shared)
    limits.check_viewer(viewer)
    refused(lambda: limits.check_viewer(viewer))
    await asyncio.sleep(1)
    assert len(shared.levels) == 1
    await limits.close()
    assert shared.closed
