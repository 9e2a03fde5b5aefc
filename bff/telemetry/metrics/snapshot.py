"""What one worker has counted, as data that can be sent, and the sum of several workers."""

from collections.abc import Callable, Iterable, Mapping
from operator import add
from typing import TypeVar

import msgspec

Labels = tuple[str, ...]
"""Values, in the order of the metric's label names."""

V = TypeVar("V")


class Exemplar(msgspec.Struct, frozen=True, array_like=True):
    """A request that a bucket may be explained with. `sampled`: its trace can be looked at."""

    trace_id: str
    value: float
    at: float
    """Seconds since the epoch."""

    sampled: bool


class HistogramRow(msgspec.Struct, frozen=True, array_like=True):
    """Counts by bucket, not added up; the last one has no bound."""

    counts: list[int]
    sum: float
    exemplars: dict[int, Exemplar]

    def plus(self, other: "HistogramRow") -> "HistogramRow":
        """Both together; of two examples the later one."""
        counts = [one + another for one, another in zip(self.counts, other.counts, strict=True)]
        exemplars = _united(self.exemplars, other.exemplars, lambda one, another: max(one, another, key=_order))
        return HistogramRow(counts, self.sum + other.sum, exemplars)


def _order(exemplar: Exemplar) -> tuple[bool, float, str, float]:
    return exemplar.sampled, exemplar.at, exemplar.trace_id, exemplar.value


class Totals(msgspec.Struct, frozen=True):
    """What only ever grows. By the metric's name, then by label values."""

    counters: dict[str, dict[Labels, float]] = {}
    histograms: dict[str, dict[Labels, HistogramRow]] = {}

    def plus(self, other: "Totals") -> "Totals":
        """Both together."""
        return Totals(
            _united(self.counters, other.counters, lambda one, another: _united(one, another, add)),
            _united(self.histograms, other.histograms, lambda one, another: _united(one, another, HistogramRow.plus)),
        )


Gauges = Mapping[str, Mapping[Labels, float]]
"""By the metric's name, then by label values."""


class Snapshot(msgspec.Struct, frozen=True):
    """One worker at one moment. `number` counts its snapshots: of two the higher is the later one."""

    worker: str
    started: float
    """Since the epoch: tells a worker from the one before it that had its number."""

    number: int
    totals: Totals
    gauges: dict[str, dict[Labels, float]]

    def encoded(self) -> bytes:
        """As MessagePack."""
        return msgspec.msgpack.encode(self)


_decoder = msgspec.msgpack.Decoder(Snapshot)


def decoded(snapshot: bytes) -> Snapshot:
    """Raises `msgspec.DecodeError` for what is none."""
    return _decoder.decode(snapshot)


def least(gauges: Iterable[Gauges]) -> dict[str, dict[Labels, float]]:
    """All gauges together. Most belong to one worker; of the others the least counts: what is enabled is so in all."""
    together: dict[str, dict[Labels, float]] = {}
    for one in gauges:
        for name, values in one.items():
            known = together.setdefault(name, {})
            for labels, value in values.items():
                known[labels] = min(value, known.get(labels, value))
    return together


K = TypeVar("K")


def _united(one: Mapping[K, V], other: Mapping[K, V], both: Callable[[V, V], V]) -> dict[K, V]:
    united = dict(one)
    for key, value in other.items():
        united[key] = both(united[key], value) if key in united else value
    return united
