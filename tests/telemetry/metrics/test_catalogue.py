"""The catalogue: names as Prometheus advises, each label explained."""

import re

import pytest

from bff.telemetry.metrics.catalogue import CATALOGUE, CHAPTERS, LABELS
from bff.telemetry.metrics.metric import Kind, Metric

METRICS = [metric for chapter in CHAPTERS.values() for metric in chapter]


def test_each_metric_is_there_once() -> None:
    assert len(CATALOGUE) == len(METRICS)


def test_each_label_is_explained_and_used() -> None:
    assert {label for metric in METRICS for label in metric.labels} == set(LABELS)


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_a_name_says_kind_and_unit(metric: Metric) -> None:
    assert re.fullmatch(r"bff_[a-z]+(_[a-z]+)*", metric.name)
    assert metric.name.endswith("_total") == (metric.kind is Kind.COUNTER)
    assert metric.help.endswith(".")
    assert bool(metric.buckets) == (metric.kind is Kind.HISTOGRAM)
    assert list(metric.buckets) == sorted(set(metric.buckets))


@pytest.mark.parametrize("metric", [each for each in METRICS if each.kind is Kind.GAUGE], ids=lambda each: each.name)
def test_a_gauge_of_a_worker_says_of_which(metric: Metric) -> None:
    """What it does not belong to is the same in all of them, or the least of all counts."""
    assert "worker" in metric.labels or metric.name in {"bff_build_info", "bff_settings_info", "bff_source_enabled"}


@pytest.mark.parametrize("metric", [each for each in METRICS if each.buckets], ids=lambda each: each.name)
def test_bounds_are_written_without_an_exponent(metric: Metric) -> None:
    """As rules and dashboards name them: `le="1.0"`."""
    assert not [bound for bound in metric.buckets if "e" in repr(bound) or not isinstance(bound, float)]
