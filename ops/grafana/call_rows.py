"""The rows about calls to sources and the guards before them."""

from typing import Final

from ops.grafana.panel import BYTES_PER_SECOND, PER_SECOND, SECONDS, SHARE, Panel, now, quantile, rate, selected

CALLS: Final = (
    Panel("Calls", "", {"{{source}}": rate("bff_calls_total", "source")}, PER_SECOND, stacked=True),
    Panel(
        "Calls that failed, by code",
        "",
        {"{{source}} {{code}}": rate("bff_calls_total", "source, code", code="[A-Z].*")},
        PER_SECOND,
        stacked=True,
    ),
    Panel("How long calls take, p95", "", {"{{source}}": quantile(0.95, "bff_call_seconds", "source")}, SECONDS),
    Panel(
        "Calls for each page",
        "Grows with what is on the page: one call for each item.",
        {"p50": quantile(0.5, "bff_calls_per_page"), "p99": quantile(0.99, "bff_calls_per_page")},
    ),
    Panel(
        "Attempts for each call",
        "Above 1.2 our own retries and hedges load the source.",
        {"{{source}}": f"{rate('bff_attempts_total', 'source')} / {rate('bff_first_attempts_total', 'source')}"},
    ),
    Panel(
        "Attempts by status",
        "`none`: no answer came.",
        {"{{source}} {{status}}": rate("bff_attempts_total", "source, status")},
        PER_SECOND,
        stacked=True,
    ),
    Panel(
        "Bytes from sources", "", {"{{source}}": rate("bff_upstream_received_bytes_total", "source")}, BYTES_PER_SECOND
    ),
    Panel(
        "Bytes to sources and to clients",
        "",
        {
            "{{source}}": rate("bff_upstream_sent_bytes_total", "source"),
            "clients": rate("bff_page_bytes_total"),
        },
        BYTES_PER_SECOND,
    ),
    Panel(
        "Items dropped, credentials refused",
        "",
        {
            "{{source}} {{reason}}": rate("bff_items_dropped_total", "source, reason"),
            "{{source}} credentials": rate("bff_credentials_refused_total", "source"),
        },
        PER_SECOND,
    ),
)

GUARDS: Final = (
    Panel(
        "Breakers",
        "0 closed, 0.5 half-open, 1 open.",
        {"{{source}}": now("bff_breaker_open", "source")},
        width=12,
        kind="state-timeline",
    ),
    Panel(
        "Pages wait for it",
        "0: no recent call was in time, so that pages do without it at once.",
        {"{{source}}": now("bff_waited_for", "source", "min")},
        width=12,
        kind="state-timeline",
    ),
    Panel(
        "Bulkheads",
        "Slots taken, of those there are, in the fullest worker.",
        {
            "{{source}}": f"max by (source) ({selected('bff_bulkhead_taken', {})} / "
            f"{selected('bff_bulkhead_limit', {})})"
        },
        SHARE,
        highest=1,
    ),
    Panel("Calls that wait for a slot", "", {"{{source}}": now("bff_bulkhead_waiting", "source", "sum")}),
    Panel(
        "Retries and hedges",
        "",
        {
            "{{source}} {{code}}": rate("bff_retries_total", "source, code"),
            "{{source}} hedges": rate("bff_hedges_total", "source"),
        },
        PER_SECOND,
    ),
    Panel(
        "What budgets would allow",
        "Of the worker that has least.",
        {
            "{{source}} retries": now("bff_retry_budget", "source", "min"),
            "{{source}} hedges": now("bff_hedge_budget", "source", "min"),
        },
    ),
    Panel("Breakers move", "", {"{{source}} {{state}}": rate("bff_breaker_moves_total", "source, state")}, PER_SECOND),
    Panel(
        "Not called, and would not have been",
        "Refreshes put off for lack of slots; what guards in report-only mode would have refused.",
        {
            "{{source}} put off": rate("bff_refreshes_put_off_total", "source"),
            "{{source}} {{guard}}": rate("bff_would_have_refused_total", "source, guard"),
        },
        PER_SECOND,
    ),
)
