"""How many requests get through, on virtual time: a property, whatever the times they come at."""

import asyncio
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bff.settings.edge import Rate
from bff.timeline import clock
from bff.web.rate import buckets
from bff.web.rate.buckets import HAIR, Buckets
from tests.web.rate.moments import at

pytestmark = pytest.mark.virtual_time

pauses = st.lists(st.sampled_from([0.0, 0.001, 0.049, 0.05, 0.1, 0.3, 1.0, 7.0, 61.0]), max_size=150)
rates = st.builds(Rate, st.integers(1, 40), st.sampled_from([1.0, 7.0, 60.0, 3600.0]))


def admitted(limit: Buckets, moments: list[float], monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The moments at which a request got through; each wait that was told is checked to be true and no longer."""
    through = []
    for moment in moments:
        at(moment, monkeypatch)
        if not limit.take("one"):
            through.append(moment)
    return through


@given(rate=rates, pauses=pauses)
def test_in_no_span_more_get_through_than_the_limit_and_what_drains(rate: Rate, pauses: list[float]) -> None:
    with pytest.MonkeyPatch.context() as monkeypatch:
        through = admitted(Buckets(rate), [sum(pauses[: end + 1]) for end in range(len(pauses))], monkeypatch)
    for first, begin in enumerate(through):
        for last in range(first, len(through)):
            allowed = rate.count + (through[last] - begin) * rate.count / rate.seconds
            assert last - first + 1 <= allowed + 1e-3


@given(rate=rates, pauses=pauses)
def test_whoever_waits_as_long_as_told_gets_through_and_no_sooner(rate: Rate, pauses: list[float]) -> None:
    limit, now = Buckets(rate), 0.0
    with pytest.MonkeyPatch.context() as monkeypatch:
        for pause in pauses:
            now += pause
            at(now, monkeypatch)
            wait = limit.take("one")
            if wait:
                at(now + 0.9 * wait - HAIR * rate.seconds, monkeypatch)
                assert limit.take("one") > 0
                now += wait
                at(now, monkeypatch)
                assert limit.take("one") == 0


@given(rate=rates)
def test_whoever_keeps_to_the_limit_is_never_refused(rate: Rate) -> None:
    limit = Buckets(rate)
    with pytest.MonkeyPatch.context() as monkeypatch:
        moments = [number * rate.seconds / rate.count for number in range(200)]
        assert admitted(limit, moments, monkeypatch) == moments


async def test_after_a_rest_all_of_the_limit_may_come_at_once() -> None:
    limit = Buckets(Rate(20, 60.0))
    for _ in range(3):
        assert [limit.take("one") for _ in range(20)] == [0.0] * 20
        assert limit.take("one") == pytest.approx(3)
        await asyncio.sleep(60)


async def test_a_refused_request_costs_nothing() -> None:
    limit = Buckets(Rate(1, 10.0))
    assert limit.take("one") == 0
    for _ in range(9):
        await asyncio.sleep(1)
        assert limit.take("one") > 0
    await asyncio.sleep(1)
    assert limit.take("one") == 0


async def test_each_has_a_bucket_of_its_own() -> None:
    limit = Buckets(Rate(1, 10.0))
    assert [limit.take(who) for who in ("one", "two", "three")] == [0.0] * 3
    assert all(limit.take(who) for who in ("one", "two", "three"))


async def test_a_million_who_ask_once_take_no_more_room_than_so_many() -> None:
    limit = Buckets(Rate(100, 60.0))
    for number in range(3 * buckets.MOST):
        limit.take(f"{number}")
    assert len(limit) == buckets.MOST


async def test_one_who_asks_too_often_is_not_forgotten_among_as_many_others() -> None:
    limit = Buckets(Rate(5, 60.0), most=100)
    for number in range(1_000):
        through = limit.take("one") == 0
        assert through == (number < 5)
        for other in range(50):
            limit.take(f"{number}-{other}")


async def test_s5_time_that_stands_still_or_jumps_far_ahead_is_borne(monkeypatch: pytest.MonkeyPatch) -> None:
    limit = Buckets(Rate(2, 60.0))
    at(1e9, monkeypatch)
    assert [limit.take("one") for _ in range(3)] == [0.0, 0.0, 30.0]
    at(1e12, monkeypatch)
    assert limit.take("one") == 0
    assert math.isfinite(clock.now())
