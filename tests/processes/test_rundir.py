"""The directory of a running `bff dev`: private, locked, found from another terminal."""

import fcntl
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from bff.lab.dev.errors import AlreadyRunning, DevError, NotRunning
from bff.lab.dev.rundir import DevState, UpstreamState, claim, find, publish, socket_path
from bff.lab.upstreams.control import MAX_PATH

STATE = DevState(
    pid=os.getpid(),
    url="http://127.0.0.1:8000",
    upstreams={
        "users": UpstreamState("http://127.0.0.1:4001", "/tmp/users.control"),  # noqa: S108 - never opened
        "todos": UpstreamState("https://todos.test", None),
    },
    cache_url="memory://",
)

# Claims a port, says so, and waits to be killed.
OWNER = """
import signal
from bff.lab.dev.rundir import claim
with claim(8000) as directory:
    (directory / "left-behind").write_text("")
    print(directory, flush=True)
    signal.pause()
"""

pytestmark = pytest.mark.usefixtures("short_tmp")


def test_the_state_of_a_running_one_is_found_by_its_port() -> None:
    with claim(8000) as directory:
        publish(directory, STATE)
        assert find(8000) == (directory, STATE)
        assert STATE.simulated == ["users"]


def test_the_directory_is_closed_to_others() -> None:
    with claim(8000) as directory:
        assert directory.stat().st_mode & 0o077 == 0
        assert directory.parent.stat().st_mode & 0o077 == 0


def test_it_is_gone_afterwards() -> None:
    with claim(8000) as directory:
        publish(directory, STATE)
    assert not directory.exists()


def test_nothing_runs_on_a_port_where_nothing_was_started() -> None:
    with claim(8001), pytest.raises(NotRunning, match="no bff dev is running on port 8000: start it with `make run`"):
        find(8000)


def test_one_that_has_not_shown_its_address_is_still_starting() -> None:
    with claim(8000), pytest.raises(NotRunning, match="still starting"):
        find(8000)


def test_a_second_one_is_refused_and_told_of_the_first() -> None:
    with claim(8000) as directory:
        with pytest.raises(AlreadyRunning, match="another bff dev is starting on port 8000"), claim(8000):
            pass
        publish(directory, STATE)
        with pytest.raises(AlreadyRunning, match=rf"http://127\.0\.0\.1:8000 \(process {os.getpid()}\)"), claim(8000):
            pass
        assert find(8000) == (directory, STATE)


def test_ports_do_not_get_in_each_others_way() -> None:
    with claim(8000) as one, claim(8001) as other:
        assert one != other


def test_a_reader_that_looks_does_not_keep_an_owner_out(monkeypatch: pytest.MonkeyPatch) -> None:
    with claim(8000) as directory:
        pass
    directory.mkdir(mode=0o700)
    held = os.open(directory, os.O_RDONLY)
    fcntl.flock(held, fcntl.LOCK_SH)
    monkeypatch.setattr(time, "sleep", lambda seconds: os.close(held))  # it lets go while we wait
    with claim(8000) as again:
        assert again == directory


def test_what_a_killed_one_left_behind_is_not_taken_for_a_live_one_and_cleaned() -> None:
    with subprocess.Popen([sys.executable, "-c", OWNER], stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout
        directory = Path(owner.stdout.readline().strip())
        publish(directory, STATE)
        assert find(8000)
        owner.kill()
    assert (directory / "left-behind").exists()
    with pytest.raises(NotRunning):
        find(8000)
    with claim(8000) as again:
        assert again == directory
        assert list(directory.iterdir()) == []


def test_a_directory_open_to_others_is_refused(short_tmp: Path) -> None:
    root = short_tmp / f"bff-dev-{os.getuid()}"
    root.mkdir()
    root.chmod(0o755)
    with pytest.raises(DevError, match="closed to others"), claim(8000):
        pass


def test_a_link_or_a_file_in_its_place_is_refused(short_tmp: Path) -> None:
    root = short_tmp / f"bff-dev-{os.getuid()}"
    elsewhere = short_tmp / "elsewhere"
    elsewhere.mkdir(mode=0o700)
    root.symlink_to(elsewhere)
    with pytest.raises(DevError, match="remove it"), claim(8000):
        pass
    root.unlink()
    root.write_text("")
    with pytest.raises(DevError, match="remove it"), claim(8000):
        pass


def test_links_in_a_stale_directory_are_removed_and_not_followed(short_tmp: Path) -> None:
    precious = short_tmp / "precious"
    precious.mkdir()
    (precious / "file").write_text("")
    stale = short_tmp / f"bff-dev-{os.getuid()}" / "8000"
    stale.mkdir(parents=True)
    stale.parent.chmod(0o700)
    stale.chmod(0o700)
    (stale / "link").symlink_to(precious)
    with claim(8000) as directory:
        assert list(directory.iterdir()) == []
    assert (precious / "file").exists()


def test_a_long_temporary_directory_is_left_for_a_short_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", "/tmp/" + "x" * 80)  # noqa: S108 - too long to be used
    with claim(48_123) as directory:
        assert len(socket_path(directory, "recommendations.control")) <= MAX_PATH


def test_a_name_too_long_for_a_socket_is_one_sentence() -> None:
    with claim(8000) as directory, pytest.raises(DevError, match="give the source a shorter name"):
        socket_path(directory, "x" * 90)


def test_the_state_is_plain_json_for_other_programs() -> None:
    with claim(8000) as directory:
        publish(directory, STATE)
        told = json.loads((directory / "state.json").read_text())
    assert told["upstreams"]["users"]["url"] == "http://127.0.0.1:4001"
