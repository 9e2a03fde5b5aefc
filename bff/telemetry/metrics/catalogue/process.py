"""Of the worker processes, and of the metrics themselves."""

from typing import Final

from bff.telemetry.metrics.metric import counter, gauge, histogram

BUILD_INFO: Final = gauge("bff_build_info", "1, for the version that runs.", "version")
SETTINGS_INFO: Final = gauge("bff_settings_info", "1, for the settings in force.", "hash")
WORKER_ANSWERS: Final = gauge(
    "bff_worker_answers", "1, or 0 for a worker that did not tell its metrics in time.", "worker"
)
STARTED: Final = gauge("bff_process_start_time_seconds", "When the worker began, since the epoch.", "worker")
MEMORY: Final = gauge("bff_process_resident_memory_bytes", "Memory of the worker. On Linux only.", "worker")
CPU: Final = counter("bff_process_cpu_seconds_total", "CPU time of the worker.", "worker")
CONNECTIONS: Final = gauge("bff_connections", "Connections of clients that are open.", "worker")
CONNECTIONS_MADE: Final = counter("bff_connections_made_total", "Connections of clients that were made.", "worker")
IN_FLIGHT: Final = gauge("bff_pages_in_flight", "Pages that are being made.", "worker")
READY: Final = gauge(
    "bff_ready", "1, or 0 while the worker wants no more requests: it ends, or sheds too much.", "worker"
)
LOOP_LATE: Final = histogram(
    "bff_loop_late_seconds",
    "How late a timer of the event loop was, ten times a second.",
    (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0),
)
LOOP_STALLS: Final = counter("bff_loop_stalls_total", "How often the event loop stood still.")
LOOP_STALL_SECONDS: Final = counter("bff_loop_stall_seconds_total", "For how long in all.")
LOOP_STALLED: Final = gauge("bff_loop_stalled", "1 while it stands still.", "worker")
SERIES_DROPPED: Final = counter(
    "bff_metrics_series_dropped_total",
    "What was counted as `other`, since there were as many series as there may be.",
)
FAULTS: Final = counter("bff_metrics_faults_total", "Events that could not be counted: a bug.")

ALL: Final = (
    BUILD_INFO,
    SETTINGS_INFO,
    WORKER_ANSWERS,
    STARTED,
    MEMORY,
    CPU,
    CONNECTIONS,
    CONNECTIONS_MADE,
    IN_FLIGHT,
    READY,
    LOOP_LATE,
    LOOP_STALLS,
    LOOP_STALL_SECONDS,
    LOOP_STALLED,
    SERIES_DROPPED,
    FAULTS,
)
