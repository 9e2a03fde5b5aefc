"""S3 on a real server: a section that blocks the event loop is seen, and liveness does not say that all is well."""

import asyncio
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import pytest

from bff.leash import leashed
from tests.processes.watching import eventually
from tests.promises.dev_run import free_port

pytestmark = pytest.mark.serial

STALL = 2.5
PAGE = {"query": "{ stallingPage { answer } }"}


@contextmanager
def stalling_server() -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """Its URL, and the process; what it logs is on its stderr."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "tests.promises.stalling_page", str(port), str(STALL)]
    with subprocess.Popen(leashed(command), stderr=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]) as server:
        eventually(lambda: is_live(url, patience=1), within=20)
        yield url, server
        server.terminate()


def is_live(url: str, *, patience: float) -> bool:
    with suppress(httpx.HTTPError):
        return httpx.get(f"{url}/health/live", timeout=patience).text == "live"
    return False


async def test_s3_a_stall_is_logged_with_its_line_within_a_second_and_nothing_says_live_meanwhile() -> None:
    with stalling_server() as (url, server):
        assert server.stderr is not None
        async with httpx.AsyncClient() as client:
            started = time.monotonic()
            page = asyncio.create_task(client.post(f"{url}/graphql", json=PAGE, timeout=10))
            line = await asyncio.to_thread(server.stderr.readline)
            told_after = time.monotonic() - started
            live_meanwhile = await asyncio.to_thread(is_live, url, patience=0.5)
            answer = await page
        live_again = is_live(url, patience=2)

    assert "the event loop stands still" in line
    assert "Blocking.answer" in line
    assert told_after < 1
    assert not live_meanwhile
    assert answer.status_code == 200
    assert live_again
