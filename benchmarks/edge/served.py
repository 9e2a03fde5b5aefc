"""The landing page as `bff serve` serves it, for whoever `x-viewer` says: `python -m benchmarks.edge.served`.

Settings come by the environment. Says its address on stdout, and at its end what it refused and ended, as JSON.
"""

import json
import os
import sys
import time
from collections import Counter
from statistics import quantiles

from bff import create_app, read_settings
from bff.events import ConnectionEnded, Event, PageShed
from bff.schema import page
from bff.telemetry.log.logging_to import logging_to
from bff.web.serving.addresses import Addresses
from bff.web.serving.alone import serve
from tests.page_client import ByHeader


class Seen:
    """A listener: refusals and ended connections."""

    hears = frozenset({PageShed, ConnectionEnded})

    def __init__(self) -> None:
        self.shed: list[float] = []
        self.ended: Counter[str] = Counter()

    def __call__(self, event: Event) -> None:
        if isinstance(event, PageShed):
            self.shed.append(event.seconds)
        elif isinstance(event, ConnectionEnded):
            self.ended[event.reason] += 1

    def told(self) -> dict[str, object]:
        """Milliseconds of the refusals, connections by reason, CPU seconds."""
        times = [1_000 * each for each in self.shed] or [0.0, 0.0]
        hundredths = quantiles(times, n=100)
        return {
            "shed": len(self.shed),
            "shed_p50_ms": round(hundredths[49], 3),
            "shed_p99_ms": round(hundredths[98], 3),
            "shed_max_ms": round(max(times), 3),
            "ended": self.ended,
            "cpu_s": round(time.process_time(), 1),
        }


def _say(addresses: Addresses) -> None:
    sys.stdout.write(f"{addresses.page}\n")
    sys.stdout.flush()


def main() -> None:
    """Until SIGTERM."""
    seen = Seen()
    settings = read_settings(page, os.environ)
    with logging_to(sys.stderr, format=settings.log.format):
        try:
            serve(create_app(page, settings, identify=ByHeader(), listeners=[seen]), settings, _say)
        finally:  # a drained server exits
            json.dump(seen.told(), sys.stdout)


if __name__ == "__main__":
    main()
