"""The ladder down: fresh, revalidated, live, stale, nothing."""

import asyncio

import pytest

from bff.cache.entry import Entry
from bff.cache.flights import Flights, Land
from bff.cache.outcome import Failed, Fetched, Outcome
from bff.cache.reading import Answer, Reading
from bff.cache.seats import Grounded, Seat
from bff.errors import BreakerOpen, DeadlineExceeded, NotFound, SectionState, SourceError, UpstreamFailed
from bff.resilience.deadline import Deadline
from tests.cache.bench import timeline

pytestmark = pytest.mark.virtual_time

OLD = Entry(1_000.0, 60.0, "old")
LIVE = Answer("new", SectionState.LIVE, 2_000.0)


def seat(outcome: Outcome, seconds: float = 1.0) -> Seat:
    """On a flight that lands after so many seconds."""

    async def fly(land: Land) -> None:
        await asyncio.sleep(seconds)
        land({"a": outcome})

    flights = Flights()
    flights.start(["a"], fly, timeline())
    return flights.seat("a")


def arrives(seconds: float = 1.0) -> Seat:
    return seat(Fetched("new", 2_000.0), seconds)


def fails(error: Exception) -> Grounded:
    return Grounded(Failed(error))


async def test_what_is_fresh_is_served_as_cached_without_waiting() -> None:
    reading = Reading(OLD, None, fresh=True)

    assert reading.settled
    assert await reading.settle(Deadline.after(1)) == Answer("old", SectionState.CACHED, 1_000.0)
    assert asyncio.get_running_loop().time() == 0


async def test_what_is_revalidated_is_served_as_stale_without_waiting_or_a_reason() -> None:
    reading = Reading(OLD, None)

    assert reading.settled
    assert await reading.settle(None) == Answer("old", SectionState.STALE, 1_000.0)


async def test_what_arrives_in_time_is_live_and_better_than_what_was_kept() -> None:
    reading = Reading(OLD, arrives())
    before = reading.settled

    assert await reading.settle(Deadline.after(1.5)) == LIVE
    assert asyncio.get_running_loop().time() == 1
    assert (before, reading.settled) == (False, True)
    assert await reading.settle(None) == LIVE


async def test_what_does_not_arrive_in_time_leaves_what_was_kept_and_the_reason() -> None:
    answer = await Reading(OLD, arrives(5)).settle(Deadline.after(0.5))

    assert asyncio.get_running_loop().time() == 0.5
    assert (answer.value, answer.state, answer.fetched_at) == ("old", SectionState.STALE, 1_000.0)
    assert isinstance(answer.because, DeadlineExceeded)
    assert str(answer.because) == "no answer in the time this section has"
    await asyncio.sleep(5)


async def test_where_nothing_was_kept_what_does_not_arrive_is_an_error() -> None:
    with pytest.raises(DeadlineExceeded, match=r"^no answer in the time this section has$"):
        await Reading(None, arrives(5)).settle(Deadline.after(0.5))
    await asyncio.sleep(5)


async def test_where_it_is_not_worth_waiting_nobody_waits() -> None:
    with pytest.raises(DeadlineExceeded, match=r"^no recent call was in time$"):
        await Reading(None, arrives()).settle(None)
    answer = await Reading(OLD, arrives()).settle(None)

    assert answer.state is SectionState.STALE
    assert asyncio.get_running_loop().time() == 0
    await asyncio.sleep(2)


@pytest.mark.parametrize("error", [UpstreamFailed("500"), BreakerOpen("refused", retry_after=3)])
async def test_what_fails_leaves_what_was_kept_and_the_reason(error: SourceError) -> None:
    answer = await Reading(OLD, fails(error)).settle(Deadline.after(1))

    assert answer == Answer("old", SectionState.STALE, 1_000.0, error)


async def test_what_fails_is_raised_anew_where_nothing_was_kept() -> None:
    error = BreakerOpen("refused", retry_after=3)
    with pytest.raises(BreakerOpen, match=r"^refused$") as raised:
        await Reading(None, fails(error)).settle(Deadline.after(1))

    assert raised.value is not error
    assert raised.value.retry_after == 3
    assert error.__traceback__ is None


@pytest.mark.parametrize("error", [NotFound("gone"), ZeroDivisionError("a bug")])
async def test_neither_a_bug_nor_that_there_is_no_such_thing_is_hidden_by_what_was_kept(error: Exception) -> None:
    with pytest.raises(type(error), match=str(error)):
        await Reading(OLD, fails(error)).settle(Deadline.after(1))


async def test_whoever_goes_away_gives_the_seat_up() -> None:
    reading: Reading[str] = Reading(None, arrives(5))
    waiting = asyncio.create_task(reading.settle(Deadline.after(10)))
    await asyncio.sleep(1)
    reading.abandon()

    with pytest.raises(DeadlineExceeded):
        await waiting
    assert asyncio.get_running_loop().time() == 1


async def test_whoever_goes_away_from_what_was_kept_gives_nothing_up() -> None:
    reading = Reading(OLD, None, fresh=True)
    reading.abandon()

    assert (await reading.settle(None)).value == "old"
