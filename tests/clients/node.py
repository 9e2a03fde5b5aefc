"""Node, with the packages of `package.json` beside this: installed once, then scripts run as their users run them."""

import asyncio
import fcntl
import hashlib
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import orjson
import pytest

HERE: Final = Path(__file__).parent
INSTALLED: Final = HERE / "node_modules" / ".installed"
INSTALLS_WITHIN: Final = 150
"""Seconds. Most of it is relay-compiler, which brings a binary for every system."""

RUNS_WITHIN: Final = 30.0

LEAST: Final = (20, 19)
"""From then on Node takes a module for what it is, as GraphiQL's need it."""


@dataclass(frozen=True)
class Node:
    """Runs the scripts of this folder."""

    command: str

    async def run(self, script: str, *arguments: str, within: float = RUNS_WITHIN) -> Any:
        """What the script says on stdout, which is JSON; fails with what it says on stderr."""
        process = await asyncio.create_subprocess_exec(
            self.command, script, *arguments, cwd=HERE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        try:
            async with asyncio.timeout(within):
                said, complained = await process.communicate()
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        assert process.returncode == 0, f"{script}: {complained.decode()}{said.decode()}"
        return orjson.loads(said) if said.strip() else None


@pytest.fixture(scope="session")
def node_modules() -> Node:
    """Installed when a test first needs them, by one test process for all."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None or _version(node) < LEAST:
        pytest.skip(f"needs node {'.'.join(map(str, LEAST))} or newer, with npm")
    with _one_at_a_time():
        if not INSTALLED.exists() or INSTALLED.read_text() != _wanted():
            command = [npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]
            done = subprocess.run(
                command, cwd=HERE, timeout=INSTALLS_WITHIN, check=False, capture_output=True, text=True
            )
            assert done.returncode == 0, f"npm ci: {done.stderr}{done.stdout}"
            INSTALLED.write_text(_wanted())
    return Node(node)


def _version(node: str) -> tuple[int, ...]:
    said = subprocess.run([node, "--version"], check=True, capture_output=True, text=True).stdout
    return tuple(int(each) for each in said.strip().lstrip("v").split(".")[:2])


def _wanted() -> str:
    return hashlib.sha256((HERE / "package-lock.json").read_bytes()).hexdigest()


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    with (HERE / "package.json").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
