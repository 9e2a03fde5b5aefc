"""Of what stands between the world and the page."""

from typing import Final

from bff.telemetry.metrics.metric import counter, histogram

SHED_SECONDS: Final = histogram(
    "bff_shed_seconds",
    "Requests that were shed, by how long that took: from their headers to the answer, on this side.",
    (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0),
)
LIMITS_EXCEEDED: Final = counter("bff_limits_exceeded_total", "How often a request went over a limit.", "limit", "mode")
RATES_EXCEEDED: Final = counter(
    "bff_rates_exceeded_total", "Requests beyond the rate of a viewer or an address.", "by", "mode"
)
CONNECTIONS_ENDED: Final = counter(
    "bff_connections_ended_total", "Connections of clients that we closed, by what they owed us.", "reason"
)

ALL: Final = (SHED_SECONDS, LIMITS_EXCEEDED, RATES_EXCEEDED, CONNECTIONS_ENDED)
