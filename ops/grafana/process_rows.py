"""The row about processes, and what changed: drawn across all charts."""

from typing import Final

from ops.grafana.panel import BYTES, PER_SECOND, SECONDS, SHARE, Change, Panel, now, quantile, rate, selected

PROCESS: Final = (
    Panel(
        "Event loop, p99 of how late it is",
        "Every page is late by that much.",
        {"{{instance}}": quantile(0.99, "bff_loop_late_seconds", "instance")},
        SECONDS,
    ),
    Panel(
        "Event loop stands still",
        "Seconds each second; the log names the line.",
        {
            "{{instance}}": rate("bff_loop_stall_seconds_total", "instance"),
            "{{instance}} times": rate("bff_loop_stalls_total", "instance"),
            "{{instance}} now": now("bff_loop_stalled", "instance"),
        },
    ),
    Panel(
        "CPU",
        "1: a worker can do no more.",
        {"{{instance}} {{worker}}": rate("bff_process_cpu_seconds_total", "instance, worker")},
        SHARE,
    ),
    Panel(
        "Memory",
        "",
        {"{{instance}} {{worker}}": now("bff_process_resident_memory_bytes", "instance, worker")},
        BYTES,
    ),
    Panel(
        "Workers that answer",
        "",
        {"{{instance}} {{worker}}": now("bff_worker_answers", "instance, worker", "min")},
        kind="state-timeline",
    ),
    Panel(
        "Since when they run",
        "",
        {"{{instance}} {{worker}}": f"time() - {now('bff_process_start_time_seconds', 'instance, worker')}"},
        SECONDS,
    ),
    Panel(
        "Versions, settings",
        "How many processes run each.",
        {
            "version {{version}}": now("bff_build_info", "version", "count"),
            "settings {{hash}}": now("bff_settings_info", "hash", "count"),
        },
        width=12,
    ),
    Panel(
        "Not counted under its own name",
        "",
        {
            "no room for its labels": rate("bff_metrics_series_dropped_total"),
            "bugs": rate("bff_metrics_faults_total"),
        },
        PER_SECOND,
        width=12,
    ),
)


def _new(metric: str, label: str) -> str:
    was = f"count by ({label}) ({selected(metric, {})} offset 2m)"
    return f"{now(metric, label, 'count')} unless {was}"


def _switched(to: int) -> str:
    was = f"min by (source) ({selected('bff_source_enabled', {})} offset 2m)"
    return f"({now('bff_source_enabled', 'source', 'min')} == {to}) and ({was} == {1 - to})"


CHANGES: Final = (
    Change("Version", _new("bff_build_info", "version"), "version {{version}}", "blue"),
    Change("Settings", _new("bff_settings_info", "hash"), "settings {{hash}}", "purple"),
    Change("Source off", _switched(0), "{{source}} is switched off", "orange"),
    Change("Source on", _switched(1), "{{source}} is switched on", "green"),
)
