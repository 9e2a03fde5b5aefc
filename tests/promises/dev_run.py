"""A whole `bff dev` on this machine, as a person would start it: real processes, real sockets, a real Valkey."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from bff.lab.dev.rundir import DevState, find
from bff.leash import leashed
from tests.processes.watching import eventually

BFF = (sys.executable, "-m", "bff")


@dataclass(frozen=True)
class DevRun:
    """One that is up."""

    port: int
    process: subprocess.Popen[bytes]
    environment: Mapping[str, str]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def state(self) -> DevState:
        return find(self.port)[1]

    def tell(self, *words: str) -> str:
        """What `bff …` prints, in another terminal. Fails where that fails."""
        done = subprocess.run(
            [*BFF, *words, "--port", str(self.port)], env=self.environment, capture_output=True, text=True, check=True
        )
        return done.stdout


@contextmanager
def dev_run(**settings: str) -> Iterator[DevRun]:
    """Starts `bff dev` on a free port, stops it at the end as Ctrl-C does."""
    port = free_port()
    environment = {**os.environ, **settings, "BFF_PORT": str(port), "TMPDIR": tempfile.gettempdir()}
    process = subprocess.Popen(
        leashed([*BFF, "dev"]), env=environment, start_new_session=True, cwd=Path(__file__).parents[2]
    )
    run = DevRun(port, process, environment)
    try:
        eventually(lambda: _is_ready(run), within=40)
        yield run
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _is_ready(run: DevRun) -> bool:
    assert run.process.poll() is None, f"bff dev ended with {run.process.returncode}"
    try:
        return httpx.get(f"{run.url}/health/ready", timeout=1).status_code == 200
    except httpx.HTTPError:
        return False
