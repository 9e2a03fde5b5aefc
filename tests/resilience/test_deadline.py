"""A point in time by which somebody stops waiting."""

import asyncio
import time
from dataclasses import FrozenInstanceError

import pytest

from bff.resilience.deadline import Deadline

pytestmark = pytest.mark.virtual_time


async def test_a_deadline_is_a_point_that_comes_nearer() -> None:
    await asyncio.sleep(2)
    deadline = Deadline.after(3)

    assert deadline == Deadline(5)
    assert deadline.left() == 3
    await asyncio.sleep(1)
    assert deadline.left() == 2


async def test_nothing_is_left_of_a_deadline_that_has_passed() -> None:
    deadline = Deadline.after(1)

    await asyncio.sleep(1)
    assert deadline.left() == 0
    await asyncio.sleep(1)
    assert deadline.left() == 0


async def test_a_deadline_only_ever_shrinks() -> None:
    page = Deadline.after(3)
    await asyncio.sleep(2.5)

    assert page.within(1) == page
    assert page.within(0.5) == page
    assert page.within(0.25) == Deadline(2.75)
    assert page.left() == 0.5


async def test_a_deadline_cannot_be_moved() -> None:
    deadline = Deadline.after(1)

    with pytest.raises(FrozenInstanceError):
        deadline.at = 2  # type: ignore[misc] # that is what is tried


async def test_s5_a_clock_that_is_set_moves_no_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    deadline = Deadline.after(3)
    in_an_hour = time.time() + 3600
    monkeypatch.setattr(time, "time", lambda: in_an_hour)

    assert deadline.left() == 3
    assert Deadline.after(3) == deadline
