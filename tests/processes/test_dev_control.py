"""`bff dev break` and `bff dev mend`, told to a simulated upstream in a process of its own."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bff.lab.dev.breaking import break_source, mend
from bff.lab.dev.errors import DevError, NotRunning
from bff.lab.dev.rundir import DevState, UpstreamState, claim, publish
from bff.lab.upstreams.control import ask

pytestmark = pytest.mark.usefixtures("short_tmp")

PORT = 8000
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def upstream() -> Iterator[str]:
    """The control socket of a simulated `users`."""
    with tempfile.TemporaryDirectory(prefix="bff-", dir="/tmp") as directory:
        control = f"{directory}/users.control"
        command = [sys.executable, "-m", "bff.lab.upstreams", "users", "--control", control]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as process:
            assert process.stdout
            assert process.stdout.readline()
            yield control
            process.terminate()


@contextmanager
def running(**controls: str | None) -> Iterator[None]:
    """A `bff dev` whose upstreams have these control sockets."""
    upstreams = {name: UpstreamState(f"https://{name}.test", path) for name, path in controls.items()}
    with claim(PORT) as directory:
        publish(directory, DevState(os.getpid(), "http://127.0.0.1:8000", upstreams, "memory://"))
        yield


@pytest.fixture
def control(upstream: str) -> Iterator[str]:
    """The same, in a `bff dev` whose `todos` are not simulated."""
    with running(users=upstream, todos=None):
        yield upstream


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


def test_an_upstream_that_is_gone_is_one_sentence(short_tmp: Path) -> None:
    gone = str(short_tmp / "gone.control")
    with running(users=gone), pytest.raises(DevError, match=f"No upstream answers at {gone}"):
        break_source(PORT, "users", "hang")


def test_without_a_running_one_it_says_how_to_start_it() -> None:
    with pytest.raises(NotRunning, match=r"no bff dev is running on port 8000: start it with `make run`"):
        break_source(PORT, "users", "hang")


def test_where_nothing_is_simulated_there_is_nothing_to_mend() -> None:
    with running(todos=None), pytest.raises(DevError, match="nothing to mend"):
        mend(PORT)
