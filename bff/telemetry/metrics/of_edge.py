"""What is told of requests that did not become pages, and of connections."""

from typing import Final

from bff.errors import Overloaded
from bff.events import ConnectionEnded, LimitExceeded, PageShed, RateExceeded
from bff.telemetry.metrics.catalogue import edge, pages
from bff.telemetry.metrics.tally import Tally

STATUS: Final = str(Overloaded.status)


class OfEdge:
    """Counts what was kept from the page."""

    def __init__(self, tally: Tally) -> None:
        self._requests = tally.counter(pages.REQUESTS)
        self._shed = tally.histogram(edge.SHED_SECONDS)
        self._limits = tally.counter(edge.LIMITS_EXCEEDED)
        self._rates = tally.counter(edge.RATES_EXCEEDED)
        self._ended = tally.counter(edge.CONNECTIONS_ENDED)

    def shed(self, event: PageShed) -> None:
        """There is no page to tell of it."""
        self._requests.add(1, STATUS, Overloaded.code)
        self._shed.observe(event.seconds)

    def over_a_limit(self, event: LimitExceeded) -> None:
        """Refused or not."""
        self._limits.add(1, event.limit, _mode(event.enforced))

    def too_often(self, event: RateExceeded) -> None:
        """Refused or not."""
        self._rates.add(1, event.by, _mode(event.enforced))

    def connection_ended(self, event: ConnectionEnded) -> None:
        """By us."""
        self._ended.add(1, event.reason)


def _mode(enforced: bool) -> str:
    return "enforce" if enforced else "report-only"
