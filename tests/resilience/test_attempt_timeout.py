"""How long one attempt may take, in total."""

import asyncio

import pytest

from bff.errors import DeadlineExceeded
from bff.resilience.attempt_timeout import GRACE, AttemptTimeout
from bff.resilience.deadline import Deadline
from tests.resilience.attempts import FAR, InTurn, begin, end, fails, now, takes

pytestmark = pytest.mark.virtual_time


async def test_an_attempt_that_is_done_in_time_is_let_be() -> None:
    assert await AttemptTimeout(1)(takes(0.875), FAR) == "done"


async def test_an_attempt_is_told_its_own_time() -> None:
    attempt = InTurn(takes(0))
    await asyncio.sleep(2)
    await AttemptTimeout(1)(attempt, Deadline(10))

    assert attempt.deadlines == [Deadline(3)]


async def test_an_attempts_time_ends_no_later_than_the_deadline() -> None:
    attempt = InTurn(takes(0))
    await AttemptTimeout(1)(attempt, Deadline(0.5))

    assert attempt.deadlines == [Deadline(0.5)]


async def test_without_a_time_of_its_own_an_attempt_has_until_the_deadline() -> None:
    attempt = InTurn(takes(1))

    assert await AttemptTimeout(None)(attempt, Deadline(1)) == "done"
    assert attempt.deadlines == [Deadline(1)]


@pytest.mark.parametrize(("seconds", "deadline"), [(1, FAR), (5, Deadline(1)), (None, Deadline(1))])
async def test_an_attempt_that_does_not_end_in_time_is_ended(seconds: float | None, deadline: Deadline) -> None:
    attempt = InTurn(takes(20))

    with pytest.raises(DeadlineExceeded, match=r"^the call did not end in time$") as raised:
        await AttemptTimeout(seconds)(attempt, deadline)
    assert isinstance(raised.value.__cause__, TimeoutError)
    assert attempt.cancelled == [pytest.approx(1 + GRACE)]


async def test_a_transport_has_a_moment_more_to_end_its_call_itself() -> None:
    assert GRACE == 0.01
    theirs = DeadlineExceeded("by the transport")

    with pytest.raises(DeadlineExceeded) as raised:
        await AttemptTimeout(1)(fails(theirs, after=1.005), FAR)
    assert raised.value is theirs


async def test_an_answer_in_the_last_moment_is_taken() -> None:
    assert await AttemptTimeout(1)(takes(1.005), FAR) == "done"


async def test_u2_an_answer_that_drips_is_ended_all_the_same() -> None:
    async def drips(_deadline: Deadline) -> None:
        for _ in range(500):
            await asyncio.sleep(0.02)

    with pytest.raises(DeadlineExceeded):
        await AttemptTimeout(1)(drips, FAR)
    assert now() == pytest.approx(1 + GRACE)


async def test_an_attempt_after_the_deadline_is_ended_as_soon_as_it_waits() -> None:
    await asyncio.sleep(5)

    with pytest.raises(DeadlineExceeded):
        await AttemptTimeout(1)(takes(1), Deadline(2))
    assert now() == 5


async def test_a_timeout_of_the_attempts_own_is_not_taken_for_ours() -> None:
    with pytest.raises(TimeoutError, match="mine"):
        await AttemptTimeout(1)(fails(TimeoutError("mine")), FAR)


async def test_whoever_goes_away_is_not_told_of_a_deadline() -> None:
    attempt = InTurn(takes(20))
    call = asyncio.create_task(AttemptTimeout(1)(attempt, FAR))
    await begin(call)

    await end(call)
    assert attempt.cancelled == [0]


async def test_a_bug_that_shows_while_an_attempt_is_ended_is_not_hidden() -> None:
    async def breaks_when_ended(_: Deadline) -> None:
        try:
            await asyncio.sleep(20)
        finally:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await AttemptTimeout(1)(breaks_when_ended, FAR)
