"""The row about what is kept from the page."""

from typing import Final

from ops.grafana.panel import PER_SECOND, SECONDS, Panel, quantile, rate

EDGE: Final = (
    Panel(
        "Shed",
        "Answered 503, since as many pages are being made as may be. Above 1 % for two minutes it alerts.",
        {"": rate("bff_shed_seconds_count")},
        PER_SECOND,
    ),
    Panel(
        "How long shedding takes, p99",
        "From the request's headers to the answer. Promised: 10 ms.",
        {"": quantile(0.99, "bff_shed_seconds")},
        SECONDS,
    ),
    Panel(
        "Over a limit",
        "Report-only: let through.",
        {"{{limit}} {{mode}}": rate("bff_limits_exceeded_total", "limit, mode")},
        PER_SECOND,
        stacked=True,
    ),
    Panel(
        "Too often",
        "Beyond the rate of one viewer, or one address.",
        {"{{by}} {{mode}}": rate("bff_rates_exceeded_total", "by, mode")},
        PER_SECOND,
        width=12,
        stacked=True,
    ),
    Panel(
        "Connections that we closed",
        "By what the client owed us.",
        {"{{reason}}": rate("bff_connections_ended_total", "reason")},
        PER_SECOND,
        width=12,
        stacked=True,
    ),
)
