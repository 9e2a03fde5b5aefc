"""Whether pages wait for a source at all."""

import asyncio
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bff.errors import NotFound, UpstreamFailed
from bff.events import Event, Listener, WaitingChanged, WouldHaveRefused
from bff.resilience.deadline import Deadline
from bff.resilience.mode import Mode
from bff.resilience.waiting import Waiting, WaitingOptions
from tests.resilience.attempts import FAR, InTurn, begin, end, fails, now, takes, unheard
from tests.resilience.plans import eighths, run_virtually, unhurried

pytestmark = pytest.mark.virtual_time

STOPS = WaitingChanged("vendor", waits=False, enforced=True)
STARTS = WaitingChanged("vendor", waits=True, enforced=True)


def waiting(tell: Listener = unheard, *, misses: int = 2, try_every: float = 5.0, mode: Mode = Mode.ENFORCE) -> Waiting:
    """A page waits 1 s for this source."""
    options = WaitingOptions(misses=misses, try_every=try_every, mode=mode)
    return Waiting(options, patience=1, source="vendor", tell=tell)


async def given_up_on(guard: Waiting, misses: int = 2) -> None:
    """At 2 s the last of the calls is missed, which ends a second later."""
    await asyncio.gather(*(guard(takes(3 - now()), FAR) for _ in range(misses)))


async def test_calls_go_on_as_they_are() -> None:
    guard, attempt = waiting(), InTurn(takes(0.5), takes(3))

    assert await guard(attempt, Deadline(7)) == "done"
    assert await guard(attempt, Deadline(8)) == "done"
    assert attempt.deadlines == [Deadline(7), Deadline(8)]


async def test_pages_wait_for_a_source_until_enough_calls_in_a_row_were_late(told: list[Event]) -> None:
    guard = waiting(told.append, misses=3)
    for _ in range(2):
        assert guard.worthwhile()
        await guard(takes(2), FAR)
    assert guard.worthwhile()
    assert told == []

    await guard(takes(2), FAR)
    assert not guard.worthwhile()
    assert told == [STOPS]


@pytest.mark.parametrize(("seconds", "waits"), [(0.875, True), (1, False), (1.125, False)])
async def test_a_call_is_late_when_a_page_would_have_given_up(seconds: float, waits: bool) -> None:
    guard = waiting(misses=1)
    await asyncio.sleep(7)
    await guard(takes(seconds), FAR)

    assert guard.worthwhile() is waits


async def test_a_source_that_hangs_is_known_within_one_deadline(told: list[Event]) -> None:
    guard = waiting(told.append)
    calls = [asyncio.create_task(guard(takes(60), FAR)) for _ in range(2)]
    await begin(*calls)

    await asyncio.sleep(0.875)
    assert guard.worthwhile()
    await asyncio.sleep(0.25)
    assert not guard.worthwhile()
    assert told == [STOPS]
    await asyncio.gather(*calls)
    assert told == [STOPS]


async def test_one_answer_in_time_starts_the_count_anew(told: list[Event]) -> None:
    guard = waiting(told.append)
    for seconds in (2, 0.5, 2):
        await guard(takes(seconds), FAR)

    assert guard.worthwhile()
    assert told == []
    await guard(takes(2), FAR)
    assert not guard.worthwhile()


async def test_after_one_answer_in_time_every_page_waits_again(told: list[Event]) -> None:
    guard = waiting(told.append)
    await given_up_on(guard, misses=5)
    await guard(takes(0.5), FAR)

    assert told == [STOPS, STARTS]
    assert all(guard.worthwhile() for _ in range(3))
    await guard(takes(2), FAR)
    assert guard.worthwhile()
    await guard(takes(2), FAR)
    assert not guard.worthwhile()
    assert told == [STOPS, STARTS, STOPS]


async def test_an_answer_that_there_is_no_such_thing_is_one() -> None:
    guard = waiting()
    await given_up_on(guard)
    with pytest.raises(NotFound):
        await guard(fails(NotFound("404"), after=0.5), FAR)

    assert guard.worthwhile()


async def test_a_late_answer_is_none_to_wait_for(told: list[Event]) -> None:
    guard = waiting(told.append)
    await given_up_on(guard)
    await guard(takes(1), FAR)
    with pytest.raises(NotFound):
        await guard(fails(NotFound("404"), after=1.5), FAR)

    assert not guard.worthwhile()
    assert told == [STOPS]


@pytest.mark.parametrize("error", [UpstreamFailed("500"), ZeroDivisionError("a bug")], ids=repr)
async def test_a_failure_in_time_says_nothing(error: Exception) -> None:
    guard = waiting()
    await guard(takes(2), FAR)
    with pytest.raises(type(error)):
        await guard(fails(error, after=0.5), FAR)

    await asyncio.sleep(5)
    assert guard.worthwhile()
    await guard(takes(2), FAR)
    assert not guard.worthwhile()
    with pytest.raises(type(error)):
        await guard(fails(error, after=0.5), FAR)
    assert not guard.worthwhile()


async def test_a_late_failure_is_late() -> None:
    guard = waiting(misses=1)
    with pytest.raises(UpstreamFailed):
        await guard(fails(UpstreamFailed("500"), after=2), FAR)

    assert not guard.worthwhile()


async def test_a_call_that_is_cancelled_before_anybody_would_have_given_up_says_nothing() -> None:
    guard = waiting(misses=1)
    call = asyncio.create_task(guard(takes(60), FAR))
    await asyncio.sleep(0.5)
    await end(call)

    await asyncio.sleep(5)
    assert guard.worthwhile()


async def test_a_call_that_is_cancelled_later_was_late() -> None:
    guard = waiting(misses=1)
    call = asyncio.create_task(guard(takes(60), FAR))
    await asyncio.sleep(1.5)
    await end(call)

    assert not guard.worthwhile()


async def test_now_and_then_one_page_waits_to_see(told: list[Event]) -> None:
    guard = waiting(told.append, misses=1)
    await guard(takes(3), FAR)  # missed at 1 s
    tries = []
    while now() < 18:
        tries += [now() for _ in range(3) if guard.worthwhile()]
        await asyncio.sleep(0.25)

    assert tries == [6, 11, 16]
    assert told == [STOPS]


async def test_a_try_that_comes_later_puts_off_the_next_one() -> None:
    guard = waiting(misses=1)
    await guard(takes(3), FAR)
    await asyncio.sleep(6)

    assert guard.worthwhile()
    await asyncio.sleep(4.875)
    assert not guard.worthwhile()
    await asyncio.sleep(0.125)
    assert guard.worthwhile()


async def test_calls_that_are_missed_meanwhile_do_not_put_off_a_try() -> None:
    guard = waiting(misses=1)
    await guard(takes(9), FAR)  # missed at 1 s
    assert now() == 9
    await guard(takes(2), FAR)

    assert guard.worthwhile()


async def test_in_report_only_mode_it_says_what_it_would_have_refused_and_refuses_nothing(told: list[Event]) -> None:
    guard = waiting(told.append, mode=Mode.REPORT_ONLY)
    assert guard.worthwhile()
    await given_up_on(guard)
    assert told == [WaitingChanged("vendor", waits=False, enforced=False)]

    told.clear()
    assert guard.worthwhile()
    assert guard.worthwhile()
    assert told == [WouldHaveRefused("vendor", "waiting")] * 2

    told.clear()
    await asyncio.sleep(5)
    assert guard.worthwhile()
    assert told == []

    await guard(takes(0.5), FAR)
    assert told == [WaitingChanged("vendor", waits=True, enforced=False)]


@dataclass(frozen=True)
class Call:
    """When it comes, how long it takes, how it ends, when it is cancelled."""

    comes: float
    seconds: float
    error: Exception | None
    cancelled_at: float | None

    @property
    def missed_at(self) -> float | None:
        given_up_at = self.comes + 1
        gone = self.cancelled_at is not None and self.cancelled_at < given_up_at
        return None if gone or self.seconds < 1 else given_up_at

    @property
    def answered_at(self) -> float | None:
        at = self.comes + self.seconds
        gone = self.cancelled_at is not None and self.cancelled_at < at
        return None if gone or self.seconds >= 1 or isinstance(self.error, UpstreamFailed) else at


CALLS = st.builds(
    Call,
    comes=eighths(0, 20),
    seconds=eighths(0, 3),
    error=st.sampled_from([None, None, NotFound("404"), UpstreamFailed("500")]),
    cancelled_at=st.none() | eighths(0, 25).map(lambda at: at + 1 / 16),
)


@unhurried
@given(plan=st.lists(CALLS, max_size=15), misses=st.integers(1, 3), try_every=st.sampled_from([0.5, 2.0, 5.0]))
def test_pages_wait_unless_the_last_calls_were_all_late_and_then_one_tries_now_and_then(
    plan: list[Call], misses: int, try_every: float
) -> None:
    """Calls are cancelled between the times at which anything else happens."""

    async def run() -> None:
        guard = waiting(misses=misses, try_every=try_every)
        loop = asyncio.get_running_loop()

        async def make(call: Call) -> None:
            await asyncio.sleep(call.comes)
            await guard(fails(call.error, call.seconds) if call.error else takes(call.seconds), FAR)

        calls = [asyncio.create_task(make(call)) for call in plan]
        for task, call in zip(calls, plan, strict=True):
            if call.cancelled_at is not None:
                loop.call_at(call.cancelled_at, task.cancel)
        history = sorted(
            [(call.missed_at, False) for call in plan if call.missed_at is not None]
            + [(call.answered_at, True) for call in plan if call.answered_at is not None]
        )
        next_try = 0.0
        await asyncio.sleep(1 / 16)
        while now() < 25:
            in_a_row = 0
            for at, in_time in history:
                if at < now():
                    in_a_row = 0 if in_time else in_a_row + 1
                    next_try = max(next_try, at + try_every) if in_a_row == misses else next_try
            expected = in_a_row < misses or now() >= next_try
            assert guard.worthwhile() is expected
            if in_a_row >= misses and expected:
                next_try = now() + try_every
            await asyncio.sleep(1 / 8)
        await asyncio.gather(*calls, return_exceptions=True)

    run_virtually(run())
