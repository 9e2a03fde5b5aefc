"""Counting, as cheaply as Python can: dicts by label values, in one process, with a bound on their number.

`prometheus_client` counts too, but its children lock, its metrics are global, and with several processes it needs
files, an environment variable that is read at import, and gives up exemplars. Here one thread counts; another may take
a copy at any time, for each copy is one call of C, which no other thread interrupts.
"""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from bff.telemetry.metrics.metric import CHOSEN_BY_CLIENTS, OTHER, Kind, Metric
from bff.telemetry.metrics.snapshot import Exemplar, HistogramRow, Labels, Totals

MOST_SERIES: Final = 10_000
"""As Prometheus counts them: one for each bucket. A page of 20 sources needs half of it."""

KEEP_SAMPLED_FOR: Final = 60.0
"""Seconds for which the exemplar of a trace that can be looked at is not replaced by one that cannot."""


class Room:
    """How many series there may be yet, for all metrics of a process."""

    def __init__(self, most: int) -> None:
        self._left = most
        self.refused = 0

    def takes(self, series: int) -> bool:
        """Whether there is room for so many; if so, it is taken."""
        if series > self._left:
            self.refused += 1
            return False
        self._left -= series
        return True


def _together(metric: Metric) -> "set[int]":
    """Which labels are given up where there is no room: what clients chose, or else all."""
    chosen = {place for place, name in enumerate(metric.labels) if name in CHOSEN_BY_CLIENTS}
    return chosen or set(range(len(metric.labels)))


class _Labelled:
    """Where the values of one metric are kept."""

    def __init__(self, metric: Metric, room: Room) -> None:
        self.metric = metric
        self._room = room
        self._given_up = _together(metric)

    def _admitted(self, labels: Labels) -> Labels:
        """The label values to count under: these, or `other`. Those there is always room for."""
        assert len(labels) == len(self.metric.labels), f"{self.metric.name} has the labels {self.metric.labels}"
        if not labels or self._room.takes(self.metric.series):
            return labels
        return tuple(OTHER if place in self._given_up else value for place, value in enumerate(labels))


class Counter(_Labelled):
    """Of one counter, its values."""

    def __init__(self, metric: Metric, room: Room) -> None:
        super().__init__(metric, room)
        self._values: dict[Labels, float] = {} if metric.labels else {(): 0}

    def add(self, count: float, *labels: str) -> None:
        """So many more."""
        try:
            self._values[labels] += count
        except KeyError:
            labels = self._admitted(labels)
            self._values[labels] = self._values.get(labels, 0) + count

    def copy(self) -> dict[Labels, float]:
        """As it stands now."""
        return self._values.copy()


@dataclass(slots=True)
class _Row:
    counts: list[int]
    sum: float = 0.0
    exemplars: dict[int, Exemplar] = field(default_factory=dict)


class Histogram(_Labelled):
    """Of one histogram, how many values fell into each bucket, not added up, and their sum."""

    def __init__(self, metric: Metric, room: Room) -> None:
        super().__init__(metric, room)
        self._bounds = metric.buckets
        self._rows: dict[Labels, _Row] = {} if metric.labels else {(): self._empty()}

    def observe(self, value: float, *labels: str) -> None:
        """One more. What is below zero is zero: sums never fall."""
        row = self._rows.get(labels) or self._row(labels)
        value = max(value, 0.0)
        row.counts[bisect_left(self._bounds, value)] += 1
        row.sum += value

    def show(self, exemplar: Exemplar, *labels: str) -> None:
        """Keep it as the example of its bucket. It has been observed already."""
        row = self._rows.get(labels) or self._row(labels)
        bucket = bisect_left(self._bounds, exemplar.value)
        kept = row.exemplars.get(bucket)
        if kept is None or exemplar.sampled >= kept.sampled or exemplar.at - kept.at > KEEP_SAMPLED_FOR:
            row.exemplars[bucket] = exemplar

    def copy(self) -> dict[Labels, HistogramRow]:
        """As it stands now; a value that is being added may be missing from the sum."""
        rows = self._rows.copy()
        return {labels: HistogramRow(row.counts.copy(), row.sum, row.exemplars.copy()) for labels, row in rows.items()}

    def _row(self, labels: Labels) -> _Row:
        return self._rows.setdefault(self._admitted(labels), self._empty())

    def _empty(self) -> _Row:
        return _Row([0] * (len(self._bounds) + 1))


class Tally:
    """The counters and histograms of one process."""

    def __init__(self, metrics: Iterable[Metric], most_series: int = MOST_SERIES) -> None:
        metrics = tuple(metrics)
        self.room = Room(most_series)
        self._counters = {one.name: Counter(one, self.room) for one in metrics if one.kind is Kind.COUNTER}
        self._histograms = {one.name: Histogram(one, self.room) for one in metrics if one.kind is Kind.HISTOGRAM}

    def counter(self, metric: Metric) -> Counter:
        """Where to count it."""
        return self._counters[metric.name]

    def histogram(self, metric: Metric) -> Histogram:
        """Where to observe it."""
        return self._histograms[metric.name]

    def totals(self) -> Totals:
        """A copy, to be taken on any thread."""
        return Totals(
            {name: counter.copy() for name, counter in self._counters.items()},
            {name: histogram.copy() for name, histogram in self._histograms.items()},
        )
