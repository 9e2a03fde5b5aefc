"""Watch the story with a real Prometheus: a vendor slows down, and the alert for its section fires, and not before.

    python -m ops.watch                 # a `bff dev` of its own, windows 60 times shorter
    python -m ops.watch --fault hang

Prints when which alert goes pending and firing. Exits 1 where the story's alert does not fire within two minutes after
the vendor broke, or any alert fires before.
"""

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from ops.open_load import open_load
from ops.prometheus.running import Alert, Prometheus, running
from tests.promises.dev_run import dev_run, free_port

ALERT: Final = "BffSectionDegraded"
WARM_UP: Final = 10.0
QUIET: Final = 30.0
PATIENCE: Final = 120.0


class Watch:
    """Says what changes, and remembers what fired."""

    def __init__(self, prometheus: Prometheus) -> None:
        self._prometheus = prometheus
        self._began = time.monotonic()
        self._shown: set[Alert] = set()
        self.fired: set[Alert] = set()

    def say(self, what: str) -> None:
        """With the seconds since it began."""
        print(f"{time.monotonic() - self._began:6.1f} s  {what}", flush=True)

    def until(self, enough: Callable[[], bool], within: float) -> bool:
        """Look each half second; whether there was enough in time."""
        deadline = time.monotonic() + within
        while time.monotonic() < deadline:
            self._look()
            if enough():
                return True
            time.sleep(0.5)
        return False

    def _look(self) -> None:
        alerts = self._prometheus.alerts()
        for alert in sorted(alerts - self._shown, key=str):
            self.say(f"{alert.state:8} {alert}")
        for alert in sorted(self._shown - alerts, key=str):
            if not any(one.name == alert.name and one.labels == alert.labels for one in alerts):
                self.say(f"resolved {alert}")
        self._shown = alerts
        self.fired |= {alert for alert in alerts if alert.state == "firing"}


def main(source: str, fault: list[str], factor: float, pages_a_second: float) -> int:
    """Quiet, then the vendor breaks, then the alert."""
    admin = free_port()
    with _dev(admin) as (url, break_source), open_load(url, pages_a_second) as load:
        time.sleep(WARM_UP)
        with running(admin, factor) as prometheus:
            watch = Watch(prometheus)
            watch.say(f"prometheus scrapes each second; every window of the rules is {factor:g} times shorter")
            watch.until(lambda: False, within=QUIET)
            if watch.fired:
                watch.say(f"fired before anything broke: {', '.join(map(str, watch.fired))}")
                return 1
            watch.say(break_source(source, *fault))
            fires = watch.until(lambda: _of(source, watch.fired), within=PATIENCE)
            share = prometheus.value(f'bff:section_degraded:ratio_rate5m{{source="{source}"}}')
            watch.say(f"{source} is degraded on {share or 0:.0%} of pages; {load.failed} of {load.pages} pages failed")
            watch.say("as it should be" if fires else f"{ALERT} did not fire")
            return 0 if fires and not load.failed else 1


def _of(source: str, fired: set[Alert]) -> bool:
    return any(alert.name == ALERT and ("source", source) in alert.labels for alert in fired)


@contextmanager
def _dev(admin: int) -> Iterator[tuple[str, Callable[..., str]]]:
    with dev_run(BFF_ADMIN_PORT=str(admin)) as run:
        yield run.url, lambda *words: run.tell("dev", "break", *words).strip()


if __name__ == "__main__":
    options = argparse.ArgumentParser(prog="python -m ops.watch")
    options.add_argument("--source", default="recommendations")
    options.add_argument("--fault", nargs="+", default=["slow", "2s"])
    options.add_argument("--factor", type=float, default=60, help="by how much windows are shorter")
    options.add_argument("--pages", type=float, default=10, help="how many come each second")
    given = options.parse_args()
    sys.exit(main(given.source, given.fault, given.factor, given.pages))
