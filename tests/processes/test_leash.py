"""A command under the leash ends with its supervisor, by signal and by guardian."""

import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

from bff import leash
from tests.processes.watching import alive, eventually

GUARDED = pytest.param(True, id="by guardian")
BY_SIGNAL = pytest.param(
    False,
    id="by signal",
    marks=pytest.mark.skipif(not leash.HAS_DEATH_SIGNAL, reason="only Linux has a parent-death signal"),
)
both_ways = pytest.mark.parametrize("guarded", [BY_SIGNAL, GUARDED])

# Starts a command under the leash, prints the command's id, and waits to be killed.
SUPERVISOR = textwrap.dedent("""
    import os, subprocess, sys
    sys.path.insert(0, sys.argv[1])
    import leash
    watched, held = os.pipe()
    guard = watched if sys.argv[2] == "True" else None
    command = [sys.executable, "-c", sys.argv[3]]
    subprocess.Popen(
        leash.leashed(command, guard=guard), start_new_session=True, pass_fds=(watched,) if guard else ()
    ).wait()
""")
PRINT_PID_AND_IGNORE_SIGTERM = """
import os, signal
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print(os.getpid(), flush=True)
signal.pause()
"""


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    ends = os.pipe()
    yield ends
    for end in ends:
        os.close(end)


def run(command: list[str], guarded: bool, pipe: tuple[int, int]) -> subprocess.CompletedProcess[str]:
    watched, _ = pipe
    return subprocess.run(
        leash.leashed(command, guard=watched if guarded else None),
        start_new_session=True,
        pass_fds=(watched,),
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )


@both_ways
def test_a_killed_supervisor_takes_a_command_along_that_ignores_sigterm(guarded: bool) -> None:
    folder = str(Path(leash.__file__).parent)
    arguments = [sys.executable, "-c", SUPERVISOR, folder, str(guarded), PRINT_PID_AND_IGNORE_SIGTERM]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as supervisor:
        assert supervisor.stdout
        command = int(supervisor.stdout.readline())
        assert alive(command)
        supervisor.kill()
        eventually(lambda: not alive(command))


@both_ways
def test_the_exit_code_is_the_commands(guarded: bool, pipe: tuple[int, int]) -> None:
    assert run(["sh", "-c", "exit 7"], guarded, pipe).returncode == 7


@both_ways
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGUSR1, signal.SIGTERM])
def test_the_signal_that_ends_it_is_the_commands(number: signal.Signals, guarded: bool, pipe: tuple[int, int]) -> None:
    assert run(["sh", "-c", f"kill -{number} $$"], guarded, pipe).returncode == -number


@both_ways
def test_a_command_that_does_not_exist_is_one_sentence(guarded: bool, pipe: tuple[int, int]) -> None:
    done = run(["no-such-command"], guarded, pipe)
    assert (done.returncode, done.stderr) == (127, "cannot run no-such-command: No such file or directory\n")


@both_ways
def test_sigterm_reaches_the_command(guarded: bool, pipe: tuple[int, int]) -> None:
    watched, _ = pipe
    script = "trap 'exit 9' TERM; echo on; while :; do sleep 0.01; done"
    command = leash.leashed(["sh", "-c", script], guard=watched if guarded else None)
    with subprocess.Popen(
        command, start_new_session=True, pass_fds=(watched,), stdout=subprocess.PIPE, text=True
    ) as started:
        assert started.stdout
        started.stdout.readline()
        started.send_signal(signal.SIGTERM)
        assert started.wait(timeout=20) == 9


@both_ways
def test_sigpipe_ends_the_command_as_it_would_without_the_leash(guarded: bool, pipe: tuple[int, int]) -> None:
    done = run(["sh", "-c", "kill -PIPE $$; echo alive"], guarded, pipe)
    assert done.stdout == ""


def test_a_guardian_never_kills_the_group_of_whoever_called_it() -> None:
    watched, held = os.pipe()
    command = leash.leashed(["sleep", "600"], guard=watched)
    with subprocess.Popen(command, pass_fds=(watched,)) as guardian:  # in our own session and group
        os.close(watched)
        os.close(held)
        assert guardian.wait(timeout=20) == -signal.SIGKILL


@pytest.mark.skipif(not leash.HAS_DEATH_SIGNAL, reason="only Linux has a parent-death signal")
def test_a_command_whose_supervisor_is_gone_already_is_never_run(tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    arguments = leash.leashed(["touch", str(trace)])
    arguments[arguments.index(str(os.getpid()))] = "1"  # as if we had died and left it to init
    assert subprocess.run(arguments, timeout=20, check=False).returncode == 1
    assert not trace.exists()
