"""S3: an event loop that stands still is seen while it does, and the line it is in is named."""

import asyncio
import threading
import time
from collections.abc import Callable

import pytest

from bff.events import Event, LoopStalled
from bff.telemetry.loop_watch import LoopWatch

Told = tuple[float, str, LoopStalled]


class Ear:
    """Hears what is told: when, on which thread, and what."""

    def __init__(self) -> None:
        self.heard: list[Told] = []
        self.something = threading.Event()

    def __call__(self, event: Event) -> None:
        if not isinstance(event, LoopStalled):
            return
        self.heard.append((time.monotonic(), threading.current_thread().name, event))
        self.something.set()


def block_until_told(ear: Ear) -> None:
    """A blocking call, as somebody makes by mistake."""
    assert ear.something.wait(10)


def spin_until_told(ear: Ear) -> None:
    """Too much CPU at once, as a monstrous query costs."""
    until = time.monotonic() + 10
    while not ear.something.is_set() and time.monotonic() < until:
        sum(range(1_000))


@pytest.mark.serial
@pytest.mark.parametrize("stall", [block_until_told, spin_until_told])
async def test_s3_a_stall_is_told_within_a_second_and_while_it_lasts(stall: Callable[[Ear], None]) -> None:
    ear = Ear()
    with LoopWatch(ear):
        await asyncio.sleep(0.2)
        started = time.monotonic()
        stall(ear)
        ended = time.monotonic()

    [(when, thread, event)] = ear.heard
    assert when - started < 1
    assert when <= ended
    assert thread == "bff-loop-watch"
    assert not event.over
    assert event.seconds >= 0.5
    assert stall.__name__ in event.where


async def test_s3_once_the_loop_turns_again_it_says_for_how_long_it_did_not() -> None:
    ear = Ear()
    with LoopWatch(ear, stalled_after=0.2):
        block_until_told(ear)
        ear.something.clear()
        assert await asyncio.to_thread(ear.something.wait, 10)

    [(_, _, began), (_, thread, over)] = ear.heard
    assert (began.over, over.over) == (False, True)
    assert over.seconds >= began.seconds
    assert thread == threading.current_thread().name


async def test_a_stall_is_told_once_however_long_it_is() -> None:
    ear = Ear()
    with LoopWatch(ear, stalled_after=0.1):
        block_until_told(ear)
        threading.Event().wait(0.4)

    assert len(ear.heard) == 1


async def test_a_loop_that_turns_is_not_told_of() -> None:
    ear = Ear()
    with LoopWatch(ear, stalled_after=5):
        await asyncio.sleep(0.3)

    assert ear.heard == []


async def test_the_watch_ends_with_its_app() -> None:
    before = set(threading.enumerate())  # another one's may be about to end
    with LoopWatch(Ear()):
        [watching] = set(threading.enumerate()) - before
    watching.join(5)

    assert not watching.is_alive()
