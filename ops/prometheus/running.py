"""A real Prometheus, Debian's, for as long as somebody watches: it scrapes one process each second."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from shutil import which
from typing import Any, Final

import httpx

from ops.prometheus.scaled import scaled
from tests.processes.watching import eventually
from tests.promises.dev_run import free_port

RULES: Final = Path(__file__).parent / "bff.rules.yml"
CONFIG: Final = """\
global: {{ scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s }}
rule_files: [scaled.rules.yml]
scrape_configs:
  - job_name: bff
    static_configs: [{{ targets: ["127.0.0.1:{port}"] }}]
"""


@dataclass(frozen=True)
class Alert:
    """One that Prometheus has raised. `state` is `pending` or `firing`."""

    name: str
    state: str
    labels: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        return f"{self.name} {', '.join(f'{name}={value}' for name, value in self.labels)}"


@dataclass(frozen=True)
class Prometheus:
    """One that runs."""

    url: str

    def alerts(self) -> set[Alert]:
        """Those that are pending or firing now."""
        return {
            Alert(
                one["labels"]["alertname"],
                one["state"],
                tuple((name, value) for name, value in sorted(one["labels"].items()) if name != "alertname"),
            )
            for one in self._ask("alerts")["alerts"]
        }

    def scrapes(self) -> bool:
        """Whether it has scraped its target, and found it well."""
        return [target["health"] for target in self._ask("targets")["activeTargets"]] == ["up"]

    def value(self, query: str) -> float | None:
        """Of an expression with one value, if it has one now."""
        found = self._ask("query", query=query)["result"]
        return float(found[0]["value"][1]) if found else None

    def _ask(self, what: str, **parameters: str) -> dict[str, Any]:
        answer = httpx.get(f"{self.url}/api/v1/{what}", params=parameters, timeout=5)
        answer.raise_for_status()
        data: dict[str, Any] = answer.json()["data"]
        return data


@contextmanager
def running(metrics_port: int, factor: float) -> Iterator[Prometheus]:
    """Scrapes `/metrics` on that port, under our rules with windows divided by the factor."""
    program = which("prometheus")
    if program is None:
        sys.exit("There is no prometheus to watch with: apt-get install --no-install-recommends prometheus")
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "prometheus.yml").write_text(CONFIG.format(port=metrics_port))
        Path(folder, "scaled.rules.yml").write_text(scaled(RULES.read_text(), factor))
        port = free_port()
        options = [f"--web.listen-address=127.0.0.1:{port}", "--storage.tsdb.path=data", "--log.level=error"]
        words = [program, "--config.file=prometheus.yml", "--enable-feature=exemplar-storage", *options]
        process = subprocess.Popen(words, cwd=folder)  # noqa: S603 - found on the path, with words of our own
        try:
            found = Prometheus(f"http://127.0.0.1:{port}")
            eventually(lambda: _is_ready(found, process), within=30)
            yield found
        finally:
            process.terminate()
            process.wait(20)


def _is_ready(prometheus: Prometheus, process: "subprocess.Popen[bytes]") -> bool:
    assert process.poll() is None, f"prometheus ended with {process.returncode}"
    try:
        return httpx.get(f"{prometheus.url}/-/ready", timeout=1).status_code == 200 and prometheus.scrapes()
    except httpx.HTTPError:
        return False
