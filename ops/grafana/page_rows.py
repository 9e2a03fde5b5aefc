"""The rows about pages: how they are, what they lack, where their time goes."""

from typing import Final

from ops.grafana.panel import PER_SECOND, SECONDS, SHARE, Panel, now, quantile, rate, selected

BUDGET_ERRORS: Final = 0.005
BUDGET_SLOW: Final = 0.01
OF_THE_PAGE: Final = rate("bff_phase_seconds_sum", "source, phase", source="page")

THE_PAGE: Final = (
    Panel(
        "Pages whole enough",
        "Pages that lack no core section and did not crash, of the last three days. Promised: 99.5 %.",
        {"": f"1 - {selected('bff:page_errors:ratio_rate3d', {})}"},
        SHARE,
        width=4,
        kind="stat",
    ),
    Panel(
        "Pages fast enough",
        "Pages within 1 s, of the last three days. Promised: 99 %.",
        {"": f"1 - {selected('bff:page_slow:ratio_rate3d', {})}"},
        SHARE,
        width=4,
        kind="stat",
    ),
    Panel(
        "Budget burns",
        "1: as fast as may be. 14.4 for an hour wakes somebody.",
        {
            "errors, 1 h": f"{selected('bff:page_errors:ratio_rate1h', {})} / {BUDGET_ERRORS}",
            "slow, 1 h": f"{selected('bff:page_slow:ratio_rate1h', {})} / {BUDGET_SLOW}",
        },
    ),
    Panel("Pages by verdict", "", {"{{verdict}}": rate("bff_pages_total", "verdict")}, PER_SECOND, stacked=True),
    Panel(
        "How long pages take",
        "Each point is a request whose trace can be opened.",
        {
            "p50": quantile(0.5, "bff_page_seconds"),
            "p90": quantile(0.9, "bff_page_seconds"),
            "p99": quantile(0.99, "bff_page_seconds"),
        },
        SECONDS,
        width=12,
        exemplars=True,
    ),
    Panel(
        "Requests by status and code",
        "Also those that were refused before anything ran.",
        {"{{status}} {{code}}": rate("bff_requests_total", "status, code")},
        PER_SECOND,
        width=12,
        stacked=True,
    ),
    Panel("Pages by client", "", {"{{client}}": rate("bff_pages_total", "client")}, PER_SECOND, stacked=True),
    Panel("Pages by operation", "", {"{{operation}}": rate("bff_pages_total", "operation")}, PER_SECOND, stacked=True),
    Panel(
        "Pages in flight, connections",
        "",
        {
            "pages": now("bff_pages_in_flight", how="sum"),
            "processes that are ready": now("bff_ready", how="sum"),
            "connections": now("bff_connections", how="sum"),
            "new connections a second": rate("bff_connections_made_total"),
        },
    ),
)

SECTIONS: Final = (
    Panel(
        "Degraded sections",
        "Missing, or stale for a fault: the share of what was asked for. Above 5 % for five minutes it alerts.",
        {"{{section}}": selected("bff:section_degraded:ratio_rate5m", {})},
        SHARE,
        highest=1,
    ),
    Panel(
        "Why",
        "Codes as in the answer's extensions.sections.",
        {"{{section}} {{code}}": rate("bff_sections_total", "section, code", code="[A-Z].*")},
        PER_SECOND,
        stacked=True,
    ),
    Panel(
        "How sections were come by",
        "The rungs of the ladder.",
        {"{{state}}": rate("bff_sections_total", "state")},
        PER_SECOND,
        stacked=True,
    ),
    Panel(
        "How long sections take, p95",
        "",
        {"{{section}}": quantile(0.95, "bff_section_seconds", "section")},
        SECONDS,
        width=24,
    ),
)

WHERE_THE_TIME_GOES: Final = (
    Panel(
        "A page by phase, mean",
        "`execute` includes all waiting for sources.",
        {
            "{{phase}}": f"{rate('bff_phase_seconds_sum', 'phase', source='page')} / scalar("
            f"{rate('bff_page_seconds_count')})"
        },
        SECONDS,
        width=12,
        stacked=True,
    ),
    Panel(
        "Calls by source and phase",
        "Seconds spent each second, all calls together: what is on top costs most.",
        {"{{source}} {{phase}}": f"{rate('bff_phase_seconds_sum', 'source, phase')} unless {OF_THE_PAGE}"},
        width=12,
        stacked=True,
    ),
    *(
        Panel(title, about, {"{{source}}": quantile(0.95, "bff_phase_seconds", "source", phase=phase)}, SECONDS)
        for title, about, phase in (
            ("Cache, p95", "High with hits: the server is slow or far.", "cache"),
            ("Queue, p95", "Waiting for a slot: the bulkhead is full.", "queue"),
            ("First byte, p95", "The source itself. With pyreqwest connecting is in it.", "first byte"),
            ("Body, p95", "Long: its answers grew, or the link is full.", "body"),
            ("Decode, p95", "Grows with the answers.", "decode"),
            ("Elsewhere, p95", "Waiting for another process that fetches the same.", "elsewhere"),
        )
    ),
)
