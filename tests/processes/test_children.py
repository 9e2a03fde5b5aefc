"""Processes that are started, watched, stopped in order and reaped."""

import asyncio
import os
import signal
import sys
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bff.lab.dev.child import LONGEST_LINE, LONGEST_QUOTE
from bff.lab.dev.children import Children
from bff.lab.dev.errors import ChildFailed
from tests.processes.watching import alive, eventually

STAND_IN = str(Path(__file__).with_name("stand_in.py"))

Heard = list[tuple[str, str]]


@pytest.fixture
def heard() -> Heard:
    return []


@pytest.fixture(params=[False, True], ids=["by signal", "by guardian"])
async def children(request: pytest.FixtureRequest, heard: Heard) -> AsyncIterator[Children]:
    if not request.param and sys.platform != "linux":
        pytest.skip("only Linux has a parent-death signal")
    async with Children(lambda name, line: heard.append((name, line)), grace=5, guarded=request.param) as owner:
        yield owner


@pytest.fixture
def journal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("STAND_IN_JOURNAL", str(tmp_path / "journal"))
    return tmp_path / "journal"


def stand_in(name: str) -> list[str]:
    return [sys.executable, STAND_IN, name]


def python(script: str) -> list[str]:
    return [sys.executable, "-c", script]


def deeds(journal: Path) -> list[str]:
    return [line.rpartition(" ")[0] for line in journal.read_text().splitlines()]


def pids_in(journal: Path) -> list[int]:
    return [int(line.split()[-1]) for line in journal.read_text().splitlines()] if journal.exists() else []


def pid_of(journal: Path, deed: str) -> int:
    return next(int(line.split()[-1]) for line in journal.read_text().splitlines() if line.startswith(deed))


async def test_a_child_tells_when_it_is_ready(children: Children, journal: Path) -> None:
    child = await children.spawn("users", stand_in("users"))
    ready = await child.ready(20)
    assert (ready["ready"], ready["url"]) == ("users", "http://users.test")


async def test_lines_before_the_ready_line_do_no_harm(children: Children) -> None:
    lines = r"""print('null\n{"url": 1}\nhello\n{"ready": "it"}', flush=True); import signal; signal.pause()"""
    child = await children.spawn("it", python(lines))
    assert await child.ready(20) == {"ready": "it"}


async def test_a_child_that_dies_at_start_is_one_sentence_with_its_last_words(
    children: Children, journal: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STAND_IN_USERS", "fails")
    child = await children.spawn("users", stand_in("users"))
    with pytest.raises(ChildFailed) as caught:
        await child.ready(20)
    assert str(caught.value) == "users ended with exit code 1 at start; its last words: no luck today"


async def test_a_child_that_says_nothing_in_time_is_one_sentence_with_its_last_words(
    children: Children, journal: Path, monkeypatch: pytest.MonkeyPatch, heard: Heard
) -> None:
    monkeypatch.setenv("STAND_IN_USERS", "mute")
    child = await children.spawn("users", stand_in("users"))
    await asyncio.to_thread(eventually, lambda: heard)
    with pytest.raises(ChildFailed) as caught:
        await child.ready(0.01)
    assert str(caught.value) == "users was not ready within 0.01 s; its last words: I mutter"


async def test_a_command_that_does_not_exist_is_one_sentence(children: Children) -> None:
    child = await children.spawn("users", ["no-such-command"])
    with pytest.raises(ChildFailed, match="cannot run no-such-command: No such file or directory"):
        await child.ready(20)


async def test_what_a_child_says_on_stderr_is_passed_on_line_by_line(children: Children, heard: Heard) -> None:
    script = r"import sys; sys.stderr.buffer.write(b'one\ntwo\n\xff'); print('quiet')"
    child = await children.spawn("it", python(script))
    await child.failure("here")
    assert heard == [("it", "one"), ("it", "two"), ("it", "\N{REPLACEMENT CHARACTER}")]


async def test_a_line_without_end_is_passed_on_in_pieces_and_quoted_in_part(children: Children, heard: Heard) -> None:
    length = 40 * LONGEST_LINE
    child = await children.spawn("it", python(f"import sys; sys.stderr.write('x' * {length})"))
    failure = await child.failure("here")
    assert "".join(line for _, line in heard) == "x" * length
    assert len(heard) > 1
    assert len(str(failure)) < LONGEST_QUOTE + 100


async def test_children_stop_stage_by_stage_each_when_the_one_above_has_ended(
    children: Children, journal: Path
) -> None:
    for name, stage in [("users", 1), ("web", 2), ("cache", 0)]:
        await (await children.spawn(name, stand_in(name), stage=stage)).ready(20)
    await children.stop()
    assert deeds(journal)[3:] == [
        "web asked",
        "web ended",
        "users asked",
        "users ended",
        "cache asked",
        "cache ended",
    ]


async def test_children_of_one_stage_stop_together(children: Children, journal: Path) -> None:
    for name in ("users", "todos"):
        await (await children.spawn(name, stand_in(name))).ready(20)
    await children.stop()
    assert {deed.split()[1] for deed in deeds(journal)[2:4]} == {"asked"}


async def test_a_child_that_will_not_stop_is_killed_after_its_grace(
    children: Children, journal: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(children, "_grace", 0.1)
    monkeypatch.setenv("STAND_IN_USERS", "stubborn")
    child = await children.spawn("users", stand_in("users"))
    await child.ready(20)
    await children.stop()
    pid = pid_of(journal, "users started")
    await asyncio.to_thread(eventually, lambda: not alive(pid))
    assert "users ended" not in deeds(journal)


async def test_what_a_child_started_and_left_behind_ends_with_it(
    children: Children, journal: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STAND_IN_WEB", "parent")
    child = await children.spawn("web", stand_in("web"))
    await child.ready(20)
    worker = pid_of(journal, "web bore")
    assert alive(worker)
    await children.stop()
    await asyncio.to_thread(eventually, lambda: not alive(worker))


async def test_a_child_that_ended_already_is_no_trouble_to_stop(children: Children) -> None:
    child = await children.spawn("it", python("pass"))
    await child.ended
    await children.stop()
    assert await child.ended == 0


async def test_an_end_by_signal_is_named(children: Children) -> None:
    child = await children.spawn("it", python("import os; os.kill(os.getpid(), 9)"))
    await child.ended
    assert "SIGKILL" in str(await child.failure("in mid-run"))


async def test_all_of_them_can_be_ended_at_once(
    children: Children, journal: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STAND_IN_USERS", "stubborn")
    child = await children.spawn("users", stand_in("users"))
    await child.ready(20)
    stopping = asyncio.create_task(children.stop())
    await asyncio.to_thread(eventually, lambda: "users asked" in journal.read_text())
    children.kill()
    await stopping
    assert await child.ended == -signal.SIGKILL


async def test_a_cancelled_start_leaves_no_process(children: Children, journal: Path) -> None:
    starting = asyncio.create_task(children.spawn("users", stand_in("users")))
    await asyncio.sleep(0)
    starting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await starting
    await children.stop()
    assert not any(alive(pid) for pid in pids_in(journal))


def test_children_are_started_from_the_main_thread_alone() -> None:
    async def spawn() -> None:
        async with Children(lambda name, line: None) as children:
            with pytest.raises(RuntimeError, match="main thread"):
                await children.spawn("it", ["true"])

    thread = threading.Thread(target=asyncio.run, args=(spawn(),))
    thread.start()
    thread.join(timeout=20)
    assert not thread.is_alive()


async def test_a_child_leads_a_session_of_its_own(children: Children, journal: Path) -> None:
    child = await children.spawn("users", stand_in("users"))
    await child.ready(20)
    assert os.getsid(pid_of(journal, "users started")) == child.pid != os.getsid(0)
