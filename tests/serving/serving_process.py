"""A process of `served.py`."""

import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bff.leash import leashed

ROOT = Path(__file__).parents[2]


@dataclass
class Serving:
    """It serves. Its addresses have a slash at their end."""

    process: subprocess.Popen[str]
    page: str
    admin: str
    log: list[str]

    def said(self) -> str:
        """What it has logged so far."""
        return "".join(self.log)


@contextmanager
def serving(**settings: str) -> Iterator[Serving]:
    """Started with these, on free ports where none are given; killed in the end if it has not ended."""
    with _started(**settings) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        log: list[str] = []
        stderr = process.stderr
        reading = threading.Thread(target=lambda: log.extend(iter(stderr.readline, "")))
        reading.start()
        page, admin, _ = process.stdout.readline().split()
        try:
            yield Serving(process, page, admin, log)
        finally:
            process.kill()
            reading.join()


@contextmanager
def _started(**settings: str) -> Iterator[subprocess.Popen[str]]:
    others = {name: value for name, value in os.environ.items() if not name.startswith("BFF_")}
    environment = {**others, "BFF_PORT": "0", "BFF_ADMIN_PORT": "0", **settings}
    # a parent that is killed leaves its folder behind
    with (
        tempfile.TemporaryDirectory(prefix="bff-", dir="/tmp") as folder,
        subprocess.Popen(
            leashed([sys.executable, "-m", "tests.serving.served"]),
            cwd=ROOT,
            env={**environment, "TMPDIR": folder},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process,
    ):
        try:
            yield process
        finally:
            process.kill()
