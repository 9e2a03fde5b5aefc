"""The row about both tiers of the cache."""

from typing import Final

from ops.grafana.panel import BYTES, BYTES_PER_SECOND, PER_SECOND, SECONDS, SHARE, Panel, now, quantile, rate

CACHE: Final = (
    Panel("Looks by result", "", {"{{result}}": rate("bff_cache_reads_total", "result")}, PER_SECOND, stacked=True),
    Panel(
        "Found, by tier",
        "near: in this process.",
        {"{{tier}}": f"{rate('bff_cache_found_total', 'tier')} / scalar({rate('bff_cache_reads_total')})"},
        SHARE,
        stacked=True,
        highest=1,
    ),
    Panel(
        "Misses by reason",
        "evicted: more memory helps. expired: a longer TTL does. unread: the server failed.",
        {"{{source}} {{reason}}": rate("bff_cache_misses_total", "source, reason")},
        PER_SECOND,
        stacked=True,
    ),
    Panel("Age of what was there, p90", "", {"{{source}}": quantile(0.9, "bff_cache_age_seconds", "source")}, SECONDS),
    Panel(
        "Fills",
        "",
        {
            "{{source}} answers": rate("bff_cache_fills_total", "source"),
            "{{source}} values": rate("bff_cache_filled_values_total", "source"),
        },
        PER_SECOND,
    ),
    Panel("Filled", "", {"{{source}}": rate("bff_cache_filled_bytes_total", "source")}, BYTES_PER_SECOND),
    Panel(
        "First tier",
        "In the fullest worker.",
        {"holds": now("bff_cache_near_bytes"), "may hold": now("bff_cache_near_limit_bytes")},
        BYTES,
    ),
    Panel(
        "Evicted, not kept for others",
        "",
        {
            "evicted from the first tier": rate("bff_cache_evicted_total"),
            "{{reason}}": rate("bff_cache_dropped_total", "reason"),
        },
        PER_SECOND,
    ),
    Panel(
        "Failures of the server",
        "",
        {"{{operation}} {{reason}}": rate("bff_cache_failures_total", "operation, reason")},
        PER_SECOND,
    ),
    Panel(
        "The server is reachable, and heard",
        "In all workers.",
        {"reachable": now("bff_cache_reachable", how="min"), "heard": now("bff_cache_heard", how="min")},
        width=12,
        kind="state-timeline",
    ),
    Panel(
        "Values in the first tier, calls under way",
        "",
        {"values": now("bff_cache_near_values", how="sum"), "calls": now("bff_flights", how="sum")},
        width=12,
    ),
)
