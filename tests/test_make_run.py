"""`make run`, as a person runs it: a page, then Ctrl-C, then nothing."""

import os
import signal
import subprocess
from pathlib import Path
from shutil import which

import httpx
import pytest

from bff.lab.dev.rundir import find
from tests.page_client import LANDING
from tests.processes.watching import alive, eventually
from tests.promises.dev_run import free_port

ROOT = Path(__file__).parents[1]


def children(pid: int) -> list[int]:
    listed = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True, check=False)
    return [int(line) for line in listed.stdout.split()]


def is_up(url: str) -> bool:
    try:
        return httpx.get(f"{url}/health/ready", timeout=1).status_code == 200
    except httpx.HTTPError:
        return False


@pytest.mark.timeout(120)
def test_make_run_serves_a_page_and_ctrl_c_leaves_no_process() -> None:
    if not (ROOT / ".venv").exists():
        pytest.skip("needs .venv, which `make test` makes")
    if which("pgrep") is None:
        pytest.skip("needs pgrep, to see which processes there are")
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    make = subprocess.Popen(
        ["make", "run"], cwd=ROOT, env={**os.environ, "BFF_PORT": str(port)}, start_new_session=True
    )
    try:
        eventually(lambda: is_up(url), within=60)
        answer = httpx.post(f"{url}/graphql", json={"query": LANDING}, headers={"x-dev-user": "1000"}, timeout=5)
        supervisor = find(port)[1].pid
        processes = [make.pid, supervisor, *children(supervisor)]
    finally:
        os.killpg(make.pid, signal.SIGINT)  # a terminal's Ctrl-C reaches the whole group
        make.wait(30)

    page = answer.json()["data"]["landingPage"]
    assert all(page[section] for section in ("viewer", "messages", "todos", "notifications", "recommendations"))
    assert len(processes) >= 8, "make, the supervisor, the web, five upstreams, and Valkey where there is one"
    eventually(lambda: not [pid for pid in processes if alive(pid)], within=10)
