"""The dashboard is what its script makes, names only what there is, and leaves out nothing that is counted."""

import json
from typing import Any

import pytest

from bff.telemetry.metrics.catalogue import CATALOGUE
from ops.grafana.make import FILE, WIDTH, text
from tests.ops.promql import grouped_by, selected
from tests.ops.rules import rules

DASHBOARD: dict[str, Any] = json.loads(text())
PANELS = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]
QUERIES = [
    *((panel["title"], target["expr"]) for panel in PANELS for target in panel["targets"]),
    *((one["name"], one["expr"]) for one in DASHBOARD["annotations"]["list"]),
]
RECORDED = {name for kind, name, _, _ in rules() if kind == "record"}
each_query = pytest.mark.parametrize(("title", "query"), QUERIES)


def test_the_file_is_what_the_script_makes() -> None:
    assert FILE.read_text() == text(), "python -m ops.grafana.make"


@each_query
def test_a_query_names_what_is_counted_with_its_labels(title: str, query: str) -> None:
    for part in query.split("/ scalar("):  # what is divided by has labels of its own
        found = list(selected(part))
        assert found, title
        for one in found:
            assert one.metric is not None or one.name in RECORDED, f"{title} names {one.name}"
            if one.metric is not None:
                assert set(one.only) | grouped_by(part) <= one.labels, f"{title}: {one.name} has {one.labels}"
            assert one.only["job"] == "$job"


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel["title"])
def test_a_legend_names_labels_that_its_query_keeps(panel: dict[str, Any]) -> None:
    for target in panel["targets"]:
        named = {part.partition("}}")[0] for part in target["legendFormat"].split("{{")[1:]}
        kept = (
            grouped_by(target["expr"]) | {"section"} if "bff:section" in target["expr"] else grouped_by(target["expr"])
        )
        assert named <= kept


def test_each_metric_is_on_it() -> None:
    shown = {one.metric.name for _, query in QUERIES for one in selected(query) if one.metric is not None}
    recorded = {one.metric.name for _, _, query, _ in rules() for one in selected(query) if one.metric is not None}
    assert set(CATALOGUE) <= shown | recorded


def test_panels_lie_side_by_side_and_none_over_another() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in DASHBOARD["panels"]:
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not cells & taken, panel["title"]
        assert place["x"] + place["w"] <= WIDTH
        taken |= cells
    assert len({panel["id"] for panel in DASHBOARD["panels"]}) == len(DASHBOARD["panels"])


def test_changes_are_drawn_across_all_charts() -> None:
    drawn = {
        one.metric.name for each in DASHBOARD["annotations"]["list"] for one in selected(each["expr"]) if one.metric
    }
    assert drawn == {"bff_build_info", "bff_settings_info", "bff_source_enabled"}
