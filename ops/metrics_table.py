"""The tables of docs/metrics.md: `python -m ops.metrics_table` writes them from the catalogue."""

from pathlib import Path
from typing import Final

from bff.telemetry.metrics.catalogue import CHAPTERS, LABELS
from bff.telemetry.metrics.metric import Metric

FILE: Final = Path(__file__).parents[1] / "docs" / "metrics.md"
BEGIN: Final = "<!-- made by ops/metrics_table.py from the catalogue -->"
END: Final = "<!-- end of what is made -->"


def tables() -> str:
    """A table for each chapter, then one of labels."""
    chapters = [f"### {title}\n\n{_table(metrics)}" for title, metrics in CHAPTERS.items()]
    labels = [f"| `{name}` | {meaning} |" for name, meaning in sorted(LABELS.items())]
    return "\n\n".join((*chapters, "\n".join(("### Labels", "", "| label | values |", "| --- | --- |", *labels))))


def written(text: str) -> str:
    """The page with the tables in their place."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{tables()}\n\n{END}{after}"


def _table(metrics: tuple[Metric, ...]) -> str:
    rows = [f"| `{metric.name}` | {_labels(metric)} | {metric.kind} | {metric.help} |" for metric in metrics]
    return "\n".join(("| metric | labels | kind | |", "| --- | --- | --- | --- |", *rows))


def _labels(metric: Metric) -> str:
    return ", ".join(f"`{label}`" for label in metric.labels) or "-"


if __name__ == "__main__":
    FILE.write_text(written(FILE.read_text()))
