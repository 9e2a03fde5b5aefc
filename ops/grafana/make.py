"""Makes the dashboard: `python -m ops.grafana.make` writes ops/grafana/bff.json, for Grafana 10 or newer."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from ops.grafana.cache_rows import CACHE
from ops.grafana.call_rows import CALLS, GUARDS
from ops.grafana.edge_rows import EDGE
from ops.grafana.page_rows import SECTIONS, THE_PAGE, WHERE_THE_TIME_GOES
from ops.grafana.panel import Change, Panel
from ops.grafana.process_rows import CHANGES, PROCESS

FILE: Final = Path(__file__).parent / "bff.json"
SOURCE: Final = {"type": "prometheus", "uid": "${datasource}"}
WIDTH: Final = 24
HEIGHT: Final = 8
ROWS: Final = {
    "The page": THE_PAGE,
    "Sections": SECTIONS,
    "Where the time goes": WHERE_THE_TIME_GOES,
    "The edge": EDGE,
    "Calls": CALLS,
    "Guards": GUARDS,
    "Cache": CACHE,
    "Processes": PROCESS,
}


def dashboard() -> dict[str, Any]:
    """As Grafana imports it."""
    return {
        "uid": "bff",
        "title": "bff",
        "tags": ["bff"],
        "schemaVersion": 38,
        "editable": True,
        "refresh": "30s",
        "time": {"from": "now-3h", "to": "now"},
        "graphTooltip": 1,
        "templating": {"list": [_datasource(), _job()]},
        "annotations": {"list": [_annotation(change) for change in CHANGES]},
        "panels": list(_panels()),
    }


def _panels() -> Iterator[dict[str, Any]]:
    number, top = 0, 0
    for title, panels in ROWS.items():
        number += 1
        yield {
            "id": number,
            "type": "row",
            "title": title,
            "collapsed": False,
            "panels": [],
            "gridPos": {"x": 0, "y": top, "w": WIDTH, "h": 1},
        }
        left, top = 0, top + 1
        for panel in panels:
            if left + panel.width > WIDTH:
                left, top = 0, top + HEIGHT
            number += 1
            yield _panel(number, panel, {"x": left, "y": top, "w": panel.width, "h": HEIGHT})
            left += panel.width
        top += HEIGHT


def _panel(number: int, panel: Panel, place: dict[str, int]) -> dict[str, Any]:
    targets = [
        {
            "refId": chr(ord("A") + place),
            "datasource": SOURCE,
            "expr": query,
            "legendFormat": legend or "__auto",
            "exemplar": panel.exemplars,
            "range": True,
        }
        for place, (legend, query) in enumerate(panel.queries.items())
    ]
    return {
        "id": number,
        "type": panel.kind,
        "title": panel.title,
        "description": panel.about,
        "datasource": SOURCE,
        "gridPos": place,
        "fieldConfig": {"defaults": _defaults(panel), "overrides": []},
        "options": _options(panel),
        "targets": targets,
    }


def _defaults(panel: Panel) -> dict[str, Any]:
    defaults: dict[str, Any] = {"unit": panel.unit, "min": 0}
    if panel.highest is not None:
        defaults["max"] = panel.highest
    if panel.kind == "stat":
        defaults["decimals"] = 3
    if panel.kind == "timeseries":
        stacking = {"mode": "normal" if panel.stacked else "none", "group": "A"}
        defaults["custom"] = {"fillOpacity": 25 if panel.stacked else 0, "showPoints": "never", "stacking": stacking}
    return defaults


def _options(panel: Panel) -> dict[str, Any]:
    if panel.kind == "stat":
        return {"reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False}, "colorMode": "none"}
    legend = {"displayMode": "list", "placement": "bottom", "showLegend": True}
    return {"legend": legend, "tooltip": {"mode": "multi", "sort": "desc"}}


def _datasource() -> dict[str, Any]:
    return {"name": "datasource", "label": "Prometheus", "type": "datasource", "query": "prometheus"}


def _job() -> dict[str, Any]:
    return {
        "name": "job",
        "type": "query",
        "datasource": SOURCE,
        "query": {"query": "label_values(bff_build_info, job)", "refId": "job"},
        "refresh": 2,
        "includeAll": True,
        "allValue": ".*",
        "current": {"text": "All", "value": "$__all"},
    }


def _annotation(change: Change) -> dict[str, Any]:
    return {
        "name": change.name,
        "datasource": SOURCE,
        "enable": True,
        "expr": change.query,
        "step": "60s",
        "titleFormat": change.title,
        "iconColor": change.colour,
    }


def text() -> str:
    """As the file holds it."""
    return json.dumps(dashboard(), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    FILE.write_text(text())
