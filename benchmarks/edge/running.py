"""The processes of a run: upstreams, the page, whoever asks."""

import json
import os
import secrets
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from bff.leash import leashed
from tests.promises.dev_run import dev_run

ROOT: Final = Path(__file__).parents[2]
CACHED: Final = {"TTL": "1h", "REVALIDATE": "0"}
ALONE: Final = {
    "BFF_PORT": "0",
    "BFF_ADMIN_PORT": "off",
    "BFF_LOG__HEALTHY": "0",
    "BFF_RATE__VIEWER": "off",
    "BFF_RATE__ADDRESS": "off",
}
"""All requests come from one address, and many for one viewer."""

UNCACHED: Final = {"TTL": "1ms", "STALE": "1ms", "REVALIDATE": "0"}


@dataclass
class Served:
    """A page that is served; `told` is filled when it has ended."""

    url: str
    pid: int
    told: dict[str, Any] = field(default_factory=dict)


@contextmanager
def served(settings: Mapping[str, str] | None = None, of_sources: Mapping[str, str] = CACHED) -> Iterator[Served]:
    """Before simulated upstreams of its own."""
    key = {"BFF_PSEUDONYM_KEY": secrets.token_urlsafe(32)}  # so that the simulated vendor knows its users
    with dev_run(**key) as dev:
        urls = {f"BFF_{name.upper()}__URL": one.url for name, one in dev.state.upstreams.items()}
        own = {
            f"BFF_{name.upper()}__{option}": value
            for name in dev.state.upstreams
            for option, value in of_sources.items()
        }
        others = {name: value for name, value in os.environ.items() if not name.startswith("BFF_")}
        environment = {**others, **urls, **own, **key, **ALONE}
        with subprocess.Popen(
            leashed([sys.executable, "-m", "benchmarks.edge.served"]),
            cwd=ROOT,
            env={**environment, **(settings or {})},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        ) as process:
            assert process.stdout is not None
            running = Served(process.stdout.readline().strip(), process.pid)
            try:
                yield running
            finally:
                process.send_signal(signal.SIGTERM)
                running.told.update(json.loads(process.stdout.read() or "{}"))


def asked(url: str, *how: str) -> dict[str, Any]:
    """What `asking` says."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.edge.asking", url, *how],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def cpu_of(pid: int) -> float:
    """Seconds that a process has used; on Linux."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def pages_a_second(told: Mapping[str, Any]) -> float:
    """Those that were made."""
    count: int = told["statuses"].get("200", 0)
    return count / float(told["seconds"])
