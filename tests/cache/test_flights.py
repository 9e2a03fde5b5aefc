"""Calls under way: who waits, who leaves, what lands when, and what ends."""

import asyncio
from collections.abc import Mapping, Sequence

import pytest

from bff.cache.flights import Flights, Fly, Land
from bff.cache.outcome import Failed, Fetched, Outcome
from bff.cache.seats import ENDED, Grounded, Seat
from bff.errors import UpstreamFailed
from bff.resilience.deadline import Deadline
from tests.cache.bench import at, timeline

pytestmark = pytest.mark.virtual_time

FAR = Deadline(3600)


def now() -> float:
    return asyncio.get_running_loop().time()


def outcomes(*addresses: str) -> Mapping[str, Outcome]:
    return {address: Fetched(f"value of {address}", now()) for address in addresses}


class Plane:
    """Lands so many seconds after it started; several parts one after the other."""

    def __init__(self, *parts: tuple[float, Sequence[str]]) -> None:
        self.parts = parts
        self.cancelled = False

    async def __call__(self, land: Land) -> None:
        try:
            for seconds, addresses in self.parts:
                await asyncio.sleep(seconds)
                land(outcomes(*addresses))
        except asyncio.CancelledError:
            self.cancelled = True
            raise


def takes(seconds: float, *addresses: str) -> Plane:
    return Plane((seconds, addresses))


def start(flights: Flights, plane: Fly, *addresses: str) -> list[Seat]:
    flights.start(addresses, plane, timeline())
    return [flights.seat(address) for address in addresses]


def value(outcome: Outcome | None) -> object:
    return outcome.value if isinstance(outcome, Fetched) else outcome


async def test_whoever_has_a_seat_is_told_when_it_lands() -> None:
    flights = Flights()
    [one] = start(flights, takes(2, "a"), "a")
    other = flights.seat("a")
    assert "a" in flights
    assert "b" not in flights
    assert (one.landed, len(flights)) == (False, 1)

    assert [value(each) for each in await asyncio.gather(one.wait(FAR), other.wait(FAR))] == ["value of a"] * 2
    assert now() == 2
    assert one.landed
    await asyncio.sleep(0)
    assert "a" not in flights
    assert len(flights) == 0


async def test_what_has_landed_is_told_at_once_and_again() -> None:
    flights = Flights()
    [seat] = start(flights, takes(1, "a"), "a")
    await asyncio.sleep(2)

    assert value(await seat.wait(Deadline(0))) == "value of a"
    assert value(await seat.wait(FAR)) == "value of a"
    assert value(seat.leave_to_cache()) == "value of a"
    assert now() == 2


async def test_it_lands_in_parts_and_nobody_waits_for_anothers() -> None:
    flights = Flights()
    a, b = start(flights, Plane((1, ["a"]), (2, ["b"])), "a", "b")
    assert value(await a.wait(FAR)) == "value of a"
    assert now() == 1
    assert not b.landed

    assert value(await b.wait(FAR)) == "value of b"
    assert now() == 3


async def test_what_has_landed_is_not_under_way_any_more_while_the_rest_of_its_flight_is() -> None:
    """Else what failed would be told to everyone who asks, for as long as another's answer takes."""
    flights = Flights()
    a, _ = start(flights, Plane((1, ["a"]), (2, ["b"])), "a", "b")
    await a.wait(FAR)

    assert "a" not in flights
    assert "b" in flights
    [again] = start(flights, takes(5, "a"), "a")
    await asyncio.sleep(2.5)
    assert "a" in flights
    assert value(await again.wait(FAR)) == "value of a"
    assert now() == 6


async def test_whoever_runs_out_of_time_leaves_the_flight_to_the_cache() -> None:
    flights, plane = Flights(), takes(2, "a")
    [seat] = start(flights, plane, "a")

    assert await seat.wait(Deadline(0.5)) is None
    assert now() == 0.5
    seat.give_up()
    await asyncio.sleep(5)
    assert seat.landed
    assert not plane.cancelled


async def test_whoever_does_not_wait_leaves_it_to_the_cache_at_once() -> None:
    flights, plane = Flights(), takes(2, "a")
    [seat] = start(flights, plane, "a")

    assert seat.leave_to_cache() is None
    seat.give_up()
    await asyncio.sleep(5)
    assert seat.landed
    assert not plane.cancelled


async def test_s2_a_flight_is_ended_when_the_last_one_has_given_up() -> None:
    flights, plane = Flights(), takes(5, "a", "b")
    a, b = start(flights, plane, "a", "b")
    await asyncio.sleep(1)
    a.give_up()
    await asyncio.sleep(1)
    assert len(flights) == 1
    b.give_up()

    assert "a" not in flights
    assert "b" not in flights
    await asyncio.sleep(0.001)
    assert plane.cancelled
    assert len(flights) == 0


async def test_whoever_waits_on_a_seat_that_is_given_up_is_told_so_and_wants_nothing() -> None:
    flights, plane = Flights(), takes(5, "a")
    [seat] = start(flights, plane, "a")
    waiting = [asyncio.create_task(seat.wait(FAR)) for _ in range(2)]
    await asyncio.sleep(1)
    seat.give_up()

    assert await asyncio.gather(*waiting) == [None, None]
    assert now() == 1
    assert plane.cancelled


async def test_nobody_waits_on_a_seat_that_was_given_up() -> None:
    flights = Flights()
    [seat] = start(flights, takes(5, "a"), "a")
    other = flights.seat("a")
    seat.give_up()

    assert await seat.wait(FAR) is None
    assert seat.leave_to_cache() is None
    assert now() == 0
    assert value(await other.wait(FAR)) == "value of a"


async def test_what_was_left_on_a_given_up_seat_is_not_for_the_cache() -> None:
    flights, plane = Flights(), takes(5, "a")
    [seat] = start(flights, plane, "a")
    other = flights.seat("a")
    await asyncio.sleep(1)
    seat.give_up()
    seat.leave_to_cache()
    other.give_up()
    await asyncio.sleep(0.001)

    assert plane.cancelled


async def test_one_who_waits_and_is_cancelled_keeps_nobody_else_from_being_told() -> None:
    flights = Flights()
    [seat] = start(flights, takes(2, "a"), "a")
    impatient, patient = asyncio.create_task(seat.wait(FAR)), asyncio.create_task(seat.wait(FAR))
    await asyncio.sleep(1)
    impatient.cancel()

    assert value(await patient) == "value of a"
    assert impatient.cancelled()


async def test_giving_up_after_it_has_landed_ends_nothing() -> None:
    async def fly(land: Land) -> None:
        land(outcomes("a"))
        await asyncio.sleep(1)
        done.append(True)

    flights, done = Flights(), list[bool]()
    [seat] = start(flights, fly, "a")
    await seat.wait(FAR)
    seat.give_up()
    await asyncio.sleep(2)

    assert done == [True]


async def test_giving_up_what_has_landed_ends_the_flight_where_nobody_waits_for_its_other_parts() -> None:
    flights, plane = Flights(), Plane((1, ["a"]), (5, ["b"]))
    a, b = start(flights, plane, "a", "b")
    b.give_up()
    await a.wait(FAR)
    a.give_up()
    await asyncio.sleep(0.001)

    assert plane.cancelled


async def test_what_the_cache_wants_goes_on_although_everyone_gives_up() -> None:
    flights, plane = Flights(), takes(2, "a", "b")
    a, b = start(flights, plane, "a", "b")
    flights.want("b")
    flights.want("never under way")
    a.give_up()
    b.give_up()
    await asyncio.sleep(3)

    assert a.landed
    assert not plane.cancelled


async def test_whoever_asks_after_an_end_starts_another_flight_and_the_old_one_takes_nothing_down() -> None:
    flights = Flights()
    [seat] = start(flights, takes(5, "a"), "a")
    await asyncio.sleep(1)
    seat.give_up()
    [again] = start(flights, takes(2, "a"), "a")
    await asyncio.sleep(0.5)

    assert "a" in flights
    assert value(await again.wait(FAR)) == "value of a"
    assert now() == 3


async def test_what_is_forgotten_is_flown_for_anew_and_whoever_waits_for_the_old_one_is_told_all_the_same() -> None:
    flights = Flights()
    a, b = start(flights, takes(2, "a", "b"), "a", "b")
    await asyncio.sleep(1)
    flights.forget(["a", "never under way"])

    assert "a" not in flights
    assert "b" in flights
    [again] = start(flights, takes(3, "a"), "a")
    assert [value(await seat.wait(FAR)) for seat in (a, b)] == ["value of a", "value of b"]
    assert now() == 2
    await asyncio.sleep(0)
    assert "a" in flights
    assert value(await again.wait(FAR)) == "value of a"
    assert now() == 4


async def test_what_is_forgotten_of_a_viewer_is_nobody_elses() -> None:
    flights = Flights()
    theirs, others = [at("a", "1"), at("b", "1")], [at("a", "10"), at("a", "2")]
    start(flights, takes(2, *theirs, *others), *theirs, *others)
    flights.forget_viewer("1")

    assert [address in flights for address in (*theirs, *others)] == [False, False, True, True]
    await flights.close()


async def test_all_can_be_forgotten() -> None:
    flights = Flights()
    start(flights, takes(2, "a", "b"), "a", "b")
    flights.forget_all()

    assert "a" not in flights
    assert "b" not in flights
    assert len(flights) == 1
    await asyncio.sleep(3)


async def test_what_a_flight_lands_without_leaves_nobody_waiting() -> None:
    flights = Flights()
    a, b = start(flights, takes(2, "a"), "a", "b")
    outcome = await b.wait(FAR)

    assert now() == 2
    assert isinstance(outcome, Failed)
    assert isinstance(outcome.error, UpstreamFailed)
    assert str(outcome.error) == ENDED
    assert value(a.leave_to_cache()) == "value of a"


async def test_closing_ends_every_flight_and_tells_whoever_waits() -> None:
    flights = Flights()
    planes = [takes(5, "a"), takes(5, "b")]
    [a] = start(flights, planes[0], "a")
    [b] = start(flights, planes[1], "b")
    waiting = [asyncio.create_task(seat.wait(FAR)) for seat in (a, b)]
    await asyncio.sleep(1)
    await flights.close()

    assert [plane.cancelled for plane in planes] == [True, True]
    assert [type(outcome) for outcome in await asyncio.gather(*waiting)] == [Failed, Failed]
    assert now() == 1
    assert len(flights) == 0


async def test_where_no_flight_may_start_there_is_a_reason_at_once() -> None:
    why = Failed(UpstreamFailed("refused"))
    grounded = Grounded(why)

    assert grounded.landed
    assert await grounded.wait(FAR) is why
    assert grounded.leave_to_cache() is why
    grounded.give_up()
