"""docs/metrics.md says what the catalogue says."""

from ops.metrics_table import FILE, written


def test_the_page_shows_the_catalogue() -> None:
    text = FILE.read_text()
    assert text == written(text), "python -m ops.metrics_table"
    assert "| `bff_pages_total` | `verdict`, `operation`, `client` | counter |" in text
