"""`python -m bff.lab.upstreams`: ready, told what to do from outside, and gone without a trace."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import orjson
import pytest

from bff.lab.upstreams.__main__ import main
from bff.lab.upstreams.control import ControlError, ask
from bff.lab.upstreams.control_server import controlled
from bff.lab.upstreams.server import serve

ROOT = Path(__file__).parents[2]
TARGET = "/messages?user_id=1&limit=3"


@dataclass
class Running:
    process: subprocess.Popen[str]
    control: Path
    url: str

    def get(self) -> httpx.Response:
        return httpx.get(self.url + TARGET)


def launch(control: Path, *options: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "bff.lab.upstreams", "messages", "--control", str(control), *options]
    return subprocess.Popen(
        command, cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    )


@pytest.fixture(scope="module")
def directory() -> Iterator[Path]:
    with TemporaryDirectory(prefix="lab-") as path:  # pytest's own can be too long for a socket
        yield Path(path)


@pytest.fixture(scope="module")
def start(directory: Path) -> Iterator[Callable[[str], Running]]:
    """Start an upstream under that name and wait until it is ready; ended with the module."""
    started: list[subprocess.Popen[str]] = []

    def start(name: str) -> Running:
        process = launch(directory / name, "--speed", "0")
        started.append(process)
        assert process.stdout is not None
        ready = orjson.loads(process.stdout.readline())
        assert ready.keys() == {"ready", "url"}
        assert ready["ready"] == "messages"
        return Running(process, directory / name, ready["url"])

    yield start
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture(scope="module")
def shared(start: Callable[[str], Running]) -> Running:
    return start("shared")


@pytest.fixture
def upstream(shared: Running) -> Iterator[Running]:
    yield shared
    ask(shared.control, {"do": "mend"})


def test_it_answers_as_soon_as_it_says_that_it_is_ready(upstream: Running) -> None:
    assert len(upstream.get().json()) == 3


def test_its_control_socket_belongs_to_its_owner_alone(upstream: Running) -> None:
    assert upstream.control.stat().st_mode & 0o077 == 0


def test_it_is_broken_and_mended_while_it_runs(upstream: Running) -> None:
    told = ask(upstream.control, {"do": "break", "fault": "error 503"})
    assert told == {"service": "messages", "url": upstream.url, "fault": "error 503"}
    assert upstream.get().status_code == 503
    assert ask(upstream.control, {"do": "mend"})["fault"] is None
    assert upstream.get().status_code == 200


def test_it_refuses_connections_and_comes_back_on_the_same_port(upstream: Running) -> None:
    ask(upstream.control, {"do": "break", "fault": "refuse"})
    with pytest.raises(httpx.ConnectError):
        upstream.get()
    ask(upstream.control, {"do": "mend"})
    assert upstream.get().status_code == 200


def test_it_tells_what_it_has_seen(upstream: Running) -> None:
    before = ask(upstream.control, {"do": "stats"})
    upstream.get()
    after = ask(upstream.control, {"do": "stats"})
    assert after["routes"]["messages"] == before["routes"]["messages"] + 1
    assert after["connections"] == before["connections"] + 1


@pytest.mark.parametrize(
    ("message", "error"),
    [
        ({"do": "break", "fault": "slwo 2s"}, "Did you mean 'slow'"),
        ({"do": "break"}, "is not understood: send"),
        ({"do": "dance"}, "is not understood: send"),
    ],
)
def test_it_says_what_it_does_not_understand(message: dict[str, str], error: str, upstream: Running) -> None:
    with pytest.raises(ControlError, match=error):
        ask(upstream.control, message)


@pytest.mark.parametrize("line", [b"not json\n", b"[]\n", b"x" * 100_000, b"\n"])
def test_a_bad_line_on_the_control_socket_does_no_harm(line: bytes, upstream: Running) -> None:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(5)
        connection.connect(str(upstream.control))
        try:
            connection.sendall(line)
            connection.recv(65_536)
        except OSError:
            pass
    assert ask(upstream.control, {"do": "mend"})["fault"] is None


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_at_once_and_cleanly(number: int, start: Callable[[str], Running]) -> None:
    upstream = start(f"signal-{number}")
    url = httpx.URL(upstream.url)
    with socket.create_connection((url.host, url.port or 0)) as idle:
        idle.sendall(f"GET {TARGET} HTTP/1.1\r\nx-dev-break: hang\r\n\r\n".encode())
        os.kill(upstream.process.pid, number)
        assert upstream.process.communicate(timeout=5) == ("", "")
    assert upstream.process.returncode == 0
    assert not upstream.control.exists()


def test_told_to_stop_it_answers_and_ends(start: Callable[[str], Running]) -> None:
    upstream = start("stop")
    assert ask(upstream.control, {"do": "stop"})["service"] == "messages"
    assert upstream.process.wait(timeout=5) == 0
    assert not upstream.control.exists()
    with pytest.raises(ControlError, match=r"No upstream answers at .*stop \(No such file or directory\)"):
        ask(upstream.control, {"do": "mend"})


def test_it_replaces_the_control_socket_of_one_that_was_killed(start: Callable[[str], Running]) -> None:
    killed = start("killed")
    killed.process.kill()
    killed.process.communicate()
    assert killed.control.exists()
    assert ask(start("killed").control, {"do": "mend"})["fault"] is None


def test_a_port_in_use_is_said_in_one_sentence(shared: Running, directory: Path) -> None:
    port = httpx.URL(shared.url).port
    process = launch(directory / "late", "--port", str(port))
    out, err = process.communicate(timeout=20)
    assert (process.returncode, out) == (1, "")
    assert err == (f"messages: Cannot listen on 127.0.0.1:{port} (Address already in use): give another port, or 0.\n")


@pytest.mark.parametrize(
    ("control", "message"),
    [
        ("x" * 120, "bytes long and a socket's path may have 103: choose a shorter one"),
        ("none/x", "No such file or directory"),
    ],
)
async def test_a_control_path_that_cannot_be_is_said_in_one_sentence(
    control: str, message: str, directory: Path
) -> None:
    async with serve("messages") as upstream:
        with pytest.raises(ControlError, match=message):
            async with controlled(upstream, directory / control, stop=lambda: None):
                pass


@pytest.mark.parametrize(
    ("option", "message"),
    [
        (("--port", "70000"), "'70000' is not a port: give a number from 0 to 65535"),
        (("--port", "http"), "'http' is not a port: give a number from 0 to 65535"),
        (("--speed", "fast"), "'fast' is not a speed: give a number from 0 to 100"),
        (("--speed", "nan"), "'nan' is not a speed: give a number from 0 to 100"),
    ],
)
def test_a_bad_option_is_said_with_what_would_be_good(
    option: tuple[str, str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["messages", "--control", "unused", *option])
    assert message in capsys.readouterr().err


def test_an_upstream_that_does_not_answer_is_said_so(directory: Path) -> None:
    path = directory / "mute"
    with socket.socket(socket.AF_UNIX) as mute:
        mute.bind(str(path))
        mute.listen()
        with pytest.raises(ControlError, match=r"does not answer within 0\.05 s: restart it"):
            ask(path, {"do": "mend"}, timeout=0.05)
