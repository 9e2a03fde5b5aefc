"""The parent of several workers, with stand-ins for them: what it does when they end, and when it is told to."""

import asyncio
import logging
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from bff.web.serving.fleet import Fleet, FleetOptions
from bff.web.serving.listening import listen_for_page
from bff.web.serving.pauses import Pauses
from bff.web.serving.seat import CannotStart
from tests.processes.watching import alive

STAND_IN = str(Path(__file__).with_name("stand_in_worker.py"))
ASK = b"GET / HTTP/1.1\r\nhost: x\r\n\r\n"


class Running:
    """A fleet that runs, where its workers keep their journal, and where they answer."""

    def __init__(self, folder: Path, character: str, **given: object) -> None:
        self.folder = folder
        self.become(character)
        options = FleetOptions(
            **{  # type: ignore[arg-type]  # each has its own type
                "command": [sys.executable, "-I", "-S", STAND_IN, str(folder)],
                "workers": 2,
                "drain": 5.0,
                "pauses": partial(Pauses, first=0.05, most=0.1, settled_after=60.0),
                **given,
            }
        )
        listener = listen_for_page("127.0.0.1", 0)
        self.port = listener.getsockname()[1]
        self.serves = asyncio.Event()
        self.fleet = Fleet(options, listener, folder, self.serves.set)
        self.ended = asyncio.create_task(self.fleet.run())

    async def ask(self) -> tuple[int, int]:
        """Which worker answers: its number and process."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(ASK)
        answer = await reader.read()
        writer.close()
        number, pid = answer.partition(b"\r\n\r\n")[2].split()
        return int(number), int(pid)

    def journal(self) -> list[tuple[int, str, int]]:
        path = self.folder / "journal"
        lines = (line.split() for line in path.read_text().splitlines()) if path.exists() else ()
        return [(int(number), what, int(pid)) for number, what, pid in lines]

    def pids(self, what: str = "started") -> list[int]:
        return [pid for _, deed, pid in self.journal() if deed == what]

    def become(self, character: str) -> None:
        """Whoever is started from now on."""
        (self.folder / "character").write_text(character)


Start = Callable[..., Awaitable[Running]]


@pytest.fixture(autouse=True)
def _hang_ups_are_heard() -> Iterator[None]:
    """Also where the tests themselves run under nohup."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


@pytest.fixture
async def start(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> AsyncIterator[Start]:
    """Starts a fleet, with `character` for its workers and any of `FleetOptions`; `at_once` without waiting for it."""
    caplog.set_level(logging.INFO, "bff.workers")
    started: list[Running] = []

    async def start(character: str = "", *, at_once: bool = False, **options: object) -> Running:
        started.append(Running(tmp_path, character, **options))
        if not at_once:
            await started[-1].serves.wait()
        return started[-1]

    yield start
    for running in started:
        running.fleet.stop()
        running.fleet.stop()
        await asyncio.wait({running.ended})
        assert not any(alive(pid) for pid in running.pids())


async def until(look: Callable[[], object]) -> None:
    """It becomes true; the test's own time limit ends this otherwise."""
    while not look():  # noqa: ASYNC110 - what is looked at are files and processes
        await asyncio.sleep(0.01)


@pytest.mark.parametrize("guarded", [False, True], ids=["by signal", "by guardian"])
async def test_all_workers_accept_from_one_socket_and_end_in_order_when_told_to(start: Start, guarded: bool) -> None:
    if not guarded and sys.platform != "linux":
        pytest.skip("only Linux has a parent-death signal")
    running = await start(guarded=guarded)
    while {number for number, _ in [await running.ask() for _ in range(10)]} != {0, 1}:
        pass
    running.fleet.stop()
    assert await running.ended == 0
    assert sorted(running.pids("ended")) == sorted(running.pids("started"))
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", running.port))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_it_is_told_by_a_signal(start: Start, number: signal.Signals) -> None:
    running = await start()
    signal.raise_signal(number)
    assert await running.ended == 0
    assert sorted(running.pids("ended")) == sorted(running.pids("started"))


async def test_a_worker_that_dies_is_started_again_and_that_is_said(
    start: Start, caplog: pytest.LogCaptureFixture
) -> None:
    running = await start()
    first = running.pids()[1]
    os.kill(first, signal.SIGKILL)
    await until(lambda: len(running.pids()) == 3)
    assert f"Worker 1 (process {first}) was ended by SIGKILL after 0 s. Another one is started in 0.05 s." in (
        caplog.messages
    )
    assert running.journal()[2][0] == 1
    await until(lambda: f"Worker 1 (process {running.pids()[2]}) serves." in caplog.messages)


async def test_no_request_fails_while_workers_are_replaced_and_each_serves_before_the_one_before_it_drains(
    start: Start, caplog: pytest.LogCaptureFixture
) -> None:
    running = await start()
    before = running.pids()
    signal.raise_signal(signal.SIGHUP)
    answers = []
    async with asyncio.timeout(20):
        while "All workers are replaced." not in caplog.messages:
            answers.append(await running.ask())

    after = running.pids()[2:]
    assert [(number, what) for number, what, _ in running.journal()[2:]] == [
        (0, "started"),
        (0, "asked"),
        (0, "ended"),
        (1, "started"),
        (1, "asked"),
        (1, "ended"),
    ]
    assert not any(alive(pid) for pid in before)
    assert all(alive(pid) for pid in after)
    assert {pid for _, pid in answers} <= {*before, *after}
    assert {pid for _, pid in [await running.ask() for _ in range(10)]} <= {*after}


async def test_a_new_worker_that_cannot_start_leaves_the_old_ones_in_place(
    start: Start, caplog: pytest.LogCaptureFixture
) -> None:
    running = await start()
    before = running.pids()
    running.become("fails")
    running.fleet.replace()
    await until(lambda: "ended with exit code 3, and never served. No more are replaced" in caplog.text)
    assert all(alive(pid) for pid in before)
    running.become("")
    running.fleet.replace()
    await until(lambda: "All workers are replaced." in caplog.messages)


async def test_workers_that_cannot_start_end_the_parent_and_only_one_is_tried(start: Start) -> None:
    running = await start("fails", at_once=True)
    with pytest.raises(CannotStart) as caught:
        await running.ended
    [(_, _, pid)] = running.journal()
    assert str(caught.value) == f"Worker 0 (process {pid}) ended with exit code 3, and never served"


async def test_a_worker_that_is_never_ready_ends_the_parent(start: Start) -> None:
    running = await start("mute", at_once=True, start_within=0.3)
    with pytest.raises(CannotStart, match=r"was not ready within 0\.3 s, and never served"):
        await running.ended


async def test_a_command_that_cannot_be_run_ends_the_parent(start: Start) -> None:
    running = await start(at_once=True, command=["no-such-command"])
    with pytest.raises(CannotStart, match="ended with exit code 127"):
        await running.ended


async def test_the_parent_gives_up_when_none_serves_and_none_can_be_started(start: Start) -> None:
    running = await start()
    running.become("fails")
    for pid in running.pids():
        os.kill(pid, signal.SIGKILL)
    with pytest.raises(CannotStart, match="ended with exit code 3"):
        await running.ended


async def test_the_parent_goes_on_trying_while_another_worker_serves(
    start: Start, caplog: pytest.LogCaptureFixture
) -> None:
    running = await start()
    running.become("fails")
    os.kill(running.pids()[0], signal.SIGKILL)
    await until(lambda: caplog.text.count("Another one is started") > 6)
    assert not running.ended.done()
    running.become("")
    await until(lambda: len([pid for pid in running.pids() if alive(pid)]) == 2)


async def test_a_second_signal_ends_all_of_it_at_once(start: Start) -> None:
    running = await start("stubborn", drain=60.0)
    running.fleet.stop()
    await until(lambda: len(running.pids("asked")) == 2)
    running.fleet.stop()
    assert await running.ended == 130


async def test_a_worker_that_will_not_end_is_ended_when_its_time_is_over(start: Start) -> None:
    running = await start("stubborn", drain=0.2)
    running.fleet.stop()
    assert await running.ended == 0


async def test_what_has_started_is_ended_when_it_is_told_to_end_while_it_starts(start: Start) -> None:
    running = await start("mute", at_once=True)
    await until(running.pids)
    running.fleet.stop()
    assert await running.ended == 0
    assert running.pids("asked") == running.pids()


async def test_it_tells_where_each_worker_answers_and_nowhere_while_there_is_none(start: Start) -> None:
    running = await start()
    before = dict(running.fleet.answering())
    running.become("mute")
    os.kill(running.pids()[1], signal.SIGKILL)
    await until(lambda: len(running.pids()) == 3)
    after = dict(running.fleet.answering())
    assert before.keys() == after.keys() == {0, 1}
    assert before[0] == after[0] != before[1]
    assert after[1].name == "nobody"
