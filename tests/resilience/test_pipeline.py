"""Guards in order."""

from dataclasses import dataclass
from typing import TypeVar

import pytest

from bff.errors import BreakerOpen, UpstreamFailed
from bff.resilience.deadline import Deadline
from bff.resilience.guard import Attempt, Guard, Pipeline
from tests.resilience.attempts import FAR, InTurn, fails, takes

pytestmark = pytest.mark.virtual_time

T = TypeVar("T")


@dataclass
class Noted:
    """A guard that says when it is entered and left, and brings the deadline a second nearer."""

    name: str
    notes: list[str]

    async def __call__(self, attempt: Attempt[T], deadline: Deadline, /) -> T:
        self.notes.append(f"into {self.name}")
        value = await attempt(Deadline(deadline.at - 1))
        self.notes.append(f"out of {self.name}")
        return value


class Closed:
    """A guard that lets nobody through."""

    async def __call__(self, attempt: Attempt[T], deadline: Deadline, /) -> T:
        raise BreakerOpen("closed")


class Twice:
    """A guard that makes the attempt again."""

    async def __call__(self, attempt: Attempt[T], deadline: Deadline, /) -> T:
        await attempt(deadline)
        return await attempt(deadline)


async def test_guards_are_entered_in_the_order_they_are_written() -> None:
    notes: list[str] = []
    pipeline = Pipeline(Noted("outer", notes), Noted("middle", notes), Noted("inner", notes))

    assert await pipeline(takes(0), FAR) == "done"
    assert notes == ["into outer", "into middle", "into inner", "out of inner", "out of middle", "out of outer"]


async def test_each_guard_may_bring_the_deadline_nearer() -> None:
    attempt = InTurn(takes(0))
    await Pipeline(Noted("a", []), Noted("b", []))(attempt, Deadline(10))

    assert attempt.deadlines == [Deadline(8)]


async def test_a_pipeline_stands_for_many_calls() -> None:
    notes: list[str] = []
    pipeline = Pipeline(Noted("it", notes))

    assert await pipeline(takes(0, "one"), FAR) == "one"
    assert await pipeline(takes(0, "two"), FAR) == "two"
    assert notes == ["into it", "out of it"] * 2


async def test_a_pipeline_is_itself_a_guard() -> None:
    notes: list[str] = []
    inner: Guard = Pipeline(Noted("b", notes), Noted("c", notes))

    await Pipeline(Noted("a", notes), inner)(takes(0), FAR)
    assert notes[:3] == ["into a", "into b", "into c"]


async def test_a_guard_that_refuses_keeps_those_further_in_from_being_asked() -> None:
    notes: list[str] = []
    attempt = InTurn(takes(0))

    with pytest.raises(BreakerOpen):
        await Pipeline(Noted("outer", notes), Closed(), Noted("inner", notes))(attempt, FAR)
    assert notes == ["into outer"]
    assert attempt.begun == []


async def test_a_guard_that_repeats_sends_each_attempt_through_those_further_in() -> None:
    notes: list[str] = []
    attempt = InTurn(takes(0, "one"), takes(0, "two"))

    assert await Pipeline(Twice(), Noted("inner", notes))(attempt, FAR) == "two"
    assert notes == ["into inner", "out of inner"] * 2


async def test_what_an_attempt_raises_comes_out_as_it_is() -> None:
    error = UpstreamFailed("500")

    with pytest.raises(UpstreamFailed) as raised:
        await Pipeline(Noted("it", []))(fails(error), FAR)
    assert raised.value is error


async def test_without_guards_the_attempt_is_simply_made() -> None:
    assert await Pipeline()(takes(0), FAR) == "done"
