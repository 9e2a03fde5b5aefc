"""`bff dev break` and `bff dev mend`, told to a simulated upstream in a process of its own."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bff.lab.control import ask
from bff.lab.dev_control import break_source, mend
from bff.lab.errors import DevError, NotRunning
from bff.lab.rundir import DevState, UpstreamState, claim, publish, socket_path
from tests.processes.watching import eventually

PORT = 8000
ROOT = Path(__file__).parents[2]


@pytest.fixture
def control(short_tmp: Path) -> Iterator[str]:
    """The control socket of a simulated `users` in a `bff dev` whose `todos` are not simulated."""
    with claim(PORT) as directory:
        control = socket_path(directory, "users.control")
        command = [sys.executable, "-m", "bff.lab.upstream", "users", "--control", control]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as upstream:
            assert upstream.stdout
            assert upstream.stdout.readline()
            upstreams = {
                "users": UpstreamState("http://127.0.0.1:1", control),
                "todos": UpstreamState("https://todos.test", None),
            }
            publish(directory, DevState(os.getpid(), "http://127.0.0.1:8000", upstreams, "memory://"))
            yield control
            upstream.terminate()


def test_a_source_is_broken_and_mended_at_once(control: str) -> None:
    assert break_source(PORT, "users", "slow", "2s") == (
        "users is broken: slow 2s. `bff dev mend users` makes it whole."
    )
    assert ask(control, {"do": "stats"})["fault"] == "slow 2s"
    assert mend(PORT, "users") == "users: whole again."
    assert ask(control, {"do": "stats"})["fault"] is None


def test_a_fault_without_argument_needs_none(control: str) -> None:
    break_source(PORT, "users", "hang")
    assert ask(control, {"do": "stats"})["fault"] == "hang"


def test_mend_without_a_source_mends_all_that_are_simulated(control: str) -> None:
    break_source(PORT, "users", "hang")
    assert mend(PORT) == "users: whole again."
    assert ask(control, {"do": "stats"})["fault"] is None


def test_an_unknown_source_is_answered_with_those_there_are(control: str) -> None:
    with pytest.raises(DevError) as caught:
        break_source(PORT, "user", "hang")
    assert str(caught.value) == "no source is called 'user' (did you mean 'users'?): there are users, todos"


def test_an_unknown_fault_is_answered_with_those_there_are(control: str) -> None:
    with pytest.raises(DevError, match="The faults are: slow DURATION"):
        break_source(PORT, "users", "explode")


def test_a_source_with_a_url_of_its_own_is_neither_broken_nor_mended(control: str) -> None:
    refusal = r"todos is not simulated, for BFF_TODOS__URL is set to https://todos\.test"
    with pytest.raises(DevError, match=refusal):
        break_source(PORT, "todos", "hang")
    with pytest.raises(DevError, match=refusal):
        mend(PORT, "todos")


def test_an_upstream_that_is_gone_is_one_sentence(control: str) -> None:
    ask(control, {"do": "stop"})
    eventually(lambda: not Path(control).exists())
    with pytest.raises(DevError, match="No upstream answers"):
        break_source(PORT, "users", "hang")


@pytest.mark.usefixtures("short_tmp")
def test_without_a_running_one_it_says_how_to_start_it() -> None:
    with pytest.raises(NotRunning, match=r"no bff dev is running on port 8000: start it with `make run`"):
        break_source(PORT, "users", "hang")


@pytest.mark.usefixtures("short_tmp")
def test_where_nothing_is_simulated_there_is_nothing_to_mend() -> None:
    with claim(PORT) as directory:
        upstreams = {"todos": UpstreamState("https://todos.test", None)}
        publish(directory, DevState(os.getpid(), "http://127.0.0.1:8000", upstreams, "memory://"))
        with pytest.raises(DevError, match="nothing to mend"):
            mend(PORT)
