import asyncio
import socket
import threading
import time

import pytest

from tests.virtual_time import DeadlockError, VirtualTimeLoop

pytestmark = pytest.mark.virtual_time

HOUR = 3600


def now() -> float:
    return asyncio.get_running_loop().time()


@pytest.mark.serial
async def test_an_hour_takes_less_than_50_ms() -> None:
    started = time.perf_counter()
    await asyncio.sleep(HOUR)
    assert time.perf_counter() - started < 0.05
    assert now() == HOUR


async def test_months_pass_as_well() -> None:
    await asyncio.sleep(90 * 24 * HOUR)
    assert now() == 90 * 24 * HOUR


async def test_timers_fire_in_the_order_of_their_times() -> None:
    fired: list[tuple[str, float]] = []

    async def fire(name: str, delay: float) -> None:
        await asyncio.sleep(delay)
        fired.append((name, now()))

    await asyncio.gather(fire("late", HOUR), fire("soon", 0.3), fire("later", 2 * HOUR), fire("at once", 0))
    assert fired == [("at once", 0), ("soon", 0.3), ("late", HOUR), ("later", 2 * HOUR)]


async def test_time_stands_still_while_something_is_ready() -> None:
    timer = asyncio.ensure_future(asyncio.sleep(1))
    for _ in range(1000):
        await asyncio.sleep(0)
    assert now() == 0
    await timer


async def test_a_timeout_strikes_at_its_time() -> None:
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.3):
            await asyncio.sleep(HOUR)
    assert now() == pytest.approx(0.3)


async def test_a_timeout_leaves_what_is_sooner_alone() -> None:
    async with asyncio.timeout(HOUR):
        await asyncio.sleep(1)
    assert now() == 1


async def test_work_in_a_thread_is_waited_for_although_a_timer_is_set() -> None:
    async with asyncio.timeout(HOUR):
        await asyncio.to_thread(time.sleep, 0.02)
    assert now() == 0


async def test_another_thread_can_wake_a_loop_that_has_no_timer() -> None:
    loop = asyncio.get_running_loop()
    woken = asyncio.Event()
    threading.Timer(0.02, loop.call_soon_threadsafe, [woken.set]).start()
    await woken.wait()


async def test_a_socket_is_refused() -> None:
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    with ours, theirs, pytest.raises(RuntimeError, match="under virtual time"):
        await asyncio.get_running_loop().sock_recv(ours, 1)


def test_a_wait_that_no_timer_ends_is_reported_with_its_place() -> None:
    async def wait_forever() -> None:
        await asyncio.Event().wait()

    with (
        asyncio.Runner(loop_factory=VirtualTimeLoop) as runner,
        pytest.raises(DeadlockError, match=r"Task-\d+ at .*locks\.py:\d+"),
    ):
        runner.run(wait_forever())


def test_two_tasks_that_wait_for_each_other_are_reported_by_name() -> None:
    async def lock_each_other() -> None:
        first, second = asyncio.Event(), asyncio.Event()

        async def answer(mine: asyncio.Event, other: asyncio.Event) -> None:
            await other.wait()
            mine.set()

        async with asyncio.TaskGroup() as group:
            group.create_task(answer(first, second), name="one")
            group.create_task(answer(second, first), name="two")

    with (
        asyncio.Runner(loop_factory=VirtualTimeLoop) as runner,
        pytest.raises(DeadlockError, match=r"one at .*two at"),
    ):
        runner.run(lock_each_other())
