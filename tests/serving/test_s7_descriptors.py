"""S7: a process that has no descriptor left refuses who comes, does not spin, logs no storm, and recovers."""

import os
import resource
import socket
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from tests.processes.watching import eventually
from tests.promises.processes_of import descriptors
from tests.serving.serving_process import Serving, serving

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs /proc and prlimit")

ROOM = 8
MANY = 60


def cpu(pid: int) -> float:
    """Seconds it has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def connected(running: Serving) -> socket.socket:
    """To it."""
    made = socket.create_connection(("127.0.0.1", urlsplit(running.page).port or 0), timeout=5)
    made.sendall(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
    return made


def said(connection: socket.socket) -> bytes:
    """The status line's beginning; nothing where it was closed on us."""
    try:
        return connection.recv(12)
    except ConnectionError:
        return b""


def test_s7_without_descriptors_it_sheds_serves_those_it_has_does_not_spin_and_recovers() -> None:
    with serving() as one, httpx.Client(timeout=5) as kept:
        pid = one.process.pid
        assert kept.get(one.page).text == str(pid)
        limits = resource.prlimit(pid, resource.RLIMIT_NOFILE)
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (descriptors(pid) + ROOM, limits[1]))
        logged = len(one.said())
        with ExitStack() as stack:
            answers = [said(stack.enter_context(connected(one))) for _ in range(MANY)]
            began, busy = time.monotonic(), cpu(pid)
            assert [kept.get(one.page).status_code for _ in range(20)] == [200] * 20
            time.sleep(1)
            spent = (cpu(pid) - busy) / (time.monotonic() - began)
        eventually(lambda: newcomer_is_served(one), within=3)
        assert len(one.said()) - logged < 2_000
    assert 0 < answers.count(b"HTTP/1.1 200") <= ROOM + 1
    assert answers.count(b"HTTP/1.1 503") >= MANY // 2
    assert set(answers) <= {b"HTTP/1.1 200", b"HTTP/1.1 503", b""}
    assert spent < 0.5


def newcomer_is_served(running: Serving) -> bool:
    with connected(running) as newcomer:
        return said(newcomer) == b"HTTP/1.1 200"


def test_s7_as_many_connections_are_taken_as_leave_descriptors_for_upstreams() -> None:
    asking = (
        "import resource as r; r.setrlimit(r.RLIMIT_NOFILE, (64, {hard})); "
        "from bff.web.serving.descriptors import connections_granted as granted; "
        "print(granted(), *r.getrlimit(r.RLIMIT_NOFILE))"
    )
    told = {
        hard: subprocess.run(
            [sys.executable, "-c", asking.format(hard=hard)], stdout=subprocess.PIPE, check=True
        ).stdout
        for hard in (300, 4_096)
    }
    assert told == {300: b"150 300 300\n", 4_096: b"3584 4096 4096\n"}
