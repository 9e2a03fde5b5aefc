"""A process of `audited.py`."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bff.leash import leashed

ROOT = Path(__file__).parents[2]
CHOSEN = {"BFF_PORT": "0", "BFF_ADMIN_PORT": "off", "BFF_RATE__VIEWER": "off", "BFF_RATE__ADDRESS": "off"}


@dataclass(frozen=True)
class Audited:
    """`url` is that of its GraphQL endpoint."""

    url: str
    pid: int

    def cpu(self) -> float:
        """Seconds that it was busy, in all; on Linux."""
        return time.clock_gettime((~self.pid << 3) | 2)  # that process's clock, as clock_getcpuclockid(3) makes it


@contextmanager
def audited(**settings: str) -> Iterator[Audited]:
    """One that answers. It is killed in the end."""
    others = {name: value for name, value in os.environ.items() if not name.startswith("BFF_")}
    with subprocess.Popen(
        leashed([sys.executable, "-m", "tests.http_audits.audited"]),
        cwd=ROOT,
        env={**others, **CHOSEN, **settings},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        try:
            yield Audited(f"{process.stdout.readline().strip()}graphql", process.pid)
        finally:
            process.kill()
