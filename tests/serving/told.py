"""What a process tells of itself in these tests: always the same, but for its number and process."""

import os
import threading
from collections.abc import Mapping, Sequence
from typing import Any

from bff.telemetry.metrics.catalogue.pages import REQUESTS
from bff.telemetry.metrics.snapshot import Snapshot, Totals
from bff.telemetry.waterfall.model import Bar, Phase, Waterfall
from bff.telemetry.waterfall.summary import Summary, Wanted

BEGAN = 1_700_000_000.0


def waterfall(request_id: str) -> Waterfall:
    """Of a request that took 100 ms."""
    return Waterfall(
        request_id=request_id,
        trace_id="4bf92f3577b34da6a3ce929d0e0e4736",
        operation="Landing",
        client=None,
        started=BEGAN,
        seconds=0.1,
        status=200,
        verdict="whole",
        code=None,
        bytes_out=1_000,
        bars=(Bar(Phase.RESOLVE, 0.0, 0.1),),
        sections=(),
        calls=(),
        critical=(),
        without=(),
    )


def summary(request_id: str) -> Summary:
    """Of the same."""
    return Summary(
        request_id=request_id,
        trace_id="4bf92f3577b34da6a3ce929d0e0e4736",
        operation="Landing",
        client=None,
        started=BEGAN,
        seconds=0.1,
        status=200,
        verdict="whole",
        code=None,
        sources=("todos",),
        degraded=(),
        slowest=None,
    )


class Told:
    """An `Inspected`, of the worker of this number; it has answered one request, and remembers it by its number."""

    def __init__(self, number: str) -> None:
        self._number = number

    def snapshot(self) -> bytes:
        """As `Inspected` says."""
        totals = Totals({REQUESTS.name: {("200", ""): 1.0}})
        return Snapshot(self._number, BEGAN, 1, totals, {}).encoded()

    def requests(self, wanted: Wanted) -> Sequence[Summary]:
        """As `Inspected` says."""
        return [summary(f"request-{self._number}")][: wanted.most]

    def request(self, request_id: str) -> Waterfall | None:
        """As `Inspected` says."""
        return waterfall(request_id) if request_id == f"request-{self._number}" else None

    def health(self) -> Mapping[str, Any]:
        """As `Inspected` says."""
        return {"ready": True, "process": os.getpid(), "thread": threading.current_thread().name}
