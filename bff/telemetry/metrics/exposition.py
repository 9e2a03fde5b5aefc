"""From what was counted to what Prometheus reads, in the format it asks for."""

from collections.abc import Callable, Iterable, Iterator
from itertools import accumulate

from prometheus_client.core import (
    CollectorRegistry,
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
)
from prometheus_client.core import Exemplar as Example
from prometheus_client.core import Metric as Family
from prometheus_client.exposition import choose_encoder

from bff.telemetry.metrics.catalogue import CATALOGUE
from bff.telemetry.metrics.merged import Merged, Sum
from bff.telemetry.metrics.metric import Kind, Metric
from bff.telemetry.metrics.snapshot import HistogramRow


class Exposition:
    """What the admin listener answers scrapes with. Remembers what workers had counted that are gone."""

    def __init__(self) -> None:
        self._merged = Merged()

    def __call__(self, snapshots: Iterable[tuple[str, bytes]], accept: str | None) -> tuple[bytes, str]:
        """A text and its content type, from each worker's name and snapshot (empty where metrics are switched off) and
        what is accepted.
        """
        return exposed(self._merged.take(snapshot for _, snapshot in snapshots if snapshot), accept)


def exposed(counted: Sum, accept: str | None) -> tuple[bytes, str]:
    """The answer to a scrape, and its content type. Exemplars are in OpenMetrics only."""
    registry = CollectorRegistry()
    registry.register(_Collector(counted))
    encode, content_type = _encoder(accept or "")
    return encode(registry), content_type


def _encoder(accept: str) -> tuple[Callable[[CollectorRegistry], bytes], str]:
    try:
        return choose_encoder(accept)
    except TypeError:  # a version that is no number, from no Prometheus
        return choose_encoder("")


class _Collector:
    """What a registry asks."""

    def __init__(self, counted: Sum) -> None:
        self._counted = counted

    def collect(self) -> Iterator[Family]:
        """Every metric that has a value, in the catalogue's order."""
        for metric in CATALOGUE.values():
            match metric.kind:
                case Kind.COUNTER:
                    yield from self._counter(metric)
                case Kind.GAUGE:
                    yield from self._gauge(metric)
                case Kind.HISTOGRAM:
                    yield from self._histogram(metric)

    def _counter(self, metric: Metric) -> Iterable[Family]:
        if values := self._counted.totals.counters.get(metric.name):
            family = CounterMetricFamily(metric.name, metric.help, labels=metric.labels)
            for labels, value in sorted(values.items()):
                family.add_metric(labels, value)
            yield family

    def _gauge(self, metric: Metric) -> Iterable[Family]:
        if values := self._counted.gauges.get(metric.name):
            family = GaugeMetricFamily(metric.name, metric.help, labels=metric.labels)
            for labels, value in sorted(values.items()):
                family.add_metric(labels, value)
            yield family

    def _histogram(self, metric: Metric) -> Iterable[Family]:
        if rows := self._counted.totals.histograms.get(metric.name):
            family = HistogramMetricFamily(metric.name, metric.help, labels=metric.labels)
            bounds = [*map(repr, metric.buckets), "+Inf"]
            for labels, row in sorted(rows.items()):
                family.add_metric(labels, _buckets(bounds, row), row.sum)
            yield family


def _buckets(bounds: list[str], row: HistogramRow) -> list[tuple[str, float] | tuple[str, float, Example]]:
    """Prometheus wants them added up."""
    buckets: list[tuple[str, float] | tuple[str, float, Example]] = []
    for place, (bound, count) in enumerate(zip(bounds, accumulate(row.counts), strict=True)):
        exemplar = row.exemplars.get(place)
        if exemplar is None:
            buckets.append((bound, count))
        else:
            buckets.append((bound, count, Example({"trace_id": exemplar.trace_id}, exemplar.value, exemplar.at)))
    return buckets
