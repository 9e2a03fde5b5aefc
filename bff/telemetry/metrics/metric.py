"""What a metric is: declared once, as data."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

OTHER: Final = "other"
"""The label value of what is not told apart."""

NONE: Final = "none"
"""The label value of what is absent."""

OK: Final = "ok"
"""The code of a call that did not fail."""

CHOSEN_BY_CLIENTS: Final = frozenset({"operation", "client"})
"""Labels whose values clients choose: told apart only where the settings name them."""


class Kind(StrEnum):
    """As Prometheus has them."""

    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"


@dataclass(frozen=True, slots=True)
class Metric:
    """`buckets` are upper bounds, of a histogram only; the one without a bound goes without saying."""

    name: str
    kind: Kind
    help: str
    labels: tuple[str, ...] = ()
    buckets: tuple[float, ...] = ()

    @property
    def series(self) -> int:
        """How many series Prometheus keeps for one set of label values."""
        return len(self.buckets) + 3 if self.kind is Kind.HISTOGRAM else 1


def counter(name: str, meaning: str, *labels: str) -> Metric:
    """Only ever grows."""
    return Metric(name, Kind.COUNTER, meaning, labels)


def gauge(name: str, meaning: str, *labels: str) -> Metric:
    """How things stand."""
    return Metric(name, Kind.GAUGE, meaning, labels)


def histogram(name: str, meaning: str, buckets: tuple[float, ...], *labels: str) -> Metric:
    """How often what was how large."""
    return Metric(name, Kind.HISTOGRAM, meaning, labels, buckets)
