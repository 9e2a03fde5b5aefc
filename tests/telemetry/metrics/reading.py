"""Reading what was counted."""

from bff.telemetry.metrics.listening import Metrics
from bff.telemetry.metrics.merged import Merged, Sum
from bff.telemetry.metrics.metric import Metric
from bff.telemetry.metrics.snapshot import HistogramRow, Labels, Totals


def counted(*workers: Metrics) -> Sum:
    """Their sum."""
    return Merged().take(worker.snapshot() for worker in workers)


def values(found: Sum | Totals, metric: Metric) -> dict[Labels, float]:
    """Of a counter."""
    totals = found.totals if isinstance(found, Sum) else found
    return totals.counters.get(metric.name, {})


def rows(found: Sum | Totals, metric: Metric) -> dict[Labels, HistogramRow]:
    """Of a histogram."""
    totals = found.totals if isinstance(found, Sum) else found
    return totals.histograms.get(metric.name, {})


def gauge(found: Sum, metric: Metric) -> dict[Labels, float]:
    """Of a gauge."""
    return found.gauges.get(metric.name, {})


def sums(found: Sum | Totals, metric: Metric) -> dict[Labels, float]:
    """Of a histogram, its sums, to a tenth of a millisecond."""
    return {labels: round(row.sum, 4) for labels, row in rows(found, metric).items()}


def number(row: HistogramRow) -> int:
    """How many values it has seen."""
    return sum(row.counts)
