"""What a PromQL expression names. Not a parser: enough for how ours are written."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bff.telemetry.metrics.catalogue import CATALOGUE
from bff.telemetry.metrics.metric import Kind, Metric

OF_SCRAPES = {"job", "instance"}
_SELECTED = re.compile(r"\b(bff_[a-z_]+|bff:\w+:\w+)(?:\{([^}]*)\})?")
_MATCHER = re.compile(r'(\w+)\s*(?:=~|!~|!=|=)\s*"([^"]*)"')
_GROUPED = re.compile(r"\b(?:by|on|without|ignoring) \(([^)]*)\)")


@dataclass(frozen=True)
class Selected:
    """One selector. `metric` is None where the catalogue has no such name."""

    name: str
    metric: Metric | None
    only: dict[str, str]

    @property
    def labels(self) -> set[str]:
        """What it may be selected and grouped by."""
        assert self.metric is not None
        return {*self.metric.labels, *OF_SCRAPES, *(["le"] if self.name.endswith("_bucket") else [])}


def selected(expression: str) -> Iterator[Selected]:
    """Every selector of a metric, or of a recorded name (`bff:…`)."""
    for name, only in _SELECTED.findall(expression):
        yield Selected(name, _metric(name), dict(_MATCHER.findall(only)))


def grouped_by(expression: str) -> set[str]:
    """The labels of every `by (…)`."""
    return {label.strip() for labels in _GROUPED.findall(expression) for label in labels.split(",")}


def _metric(name: str) -> Metric | None:
    if name in CATALOGUE:
        return CATALOGUE[name] if CATALOGUE[name].kind is not Kind.HISTOGRAM else None
    base, _, part = name.rpartition("_")
    if part in ("bucket", "sum", "count") and base in CATALOGUE and CATALOGUE[base].kind is Kind.HISTOGRAM:
        return CATALOGUE[base]
    return None
