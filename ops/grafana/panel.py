"""What is said of a panel; ops/grafana/make.py makes Grafana's JSON of it."""

from dataclasses import dataclass
from typing import Final

SECONDS: Final = "s"
SHARE: Final = "percentunit"
PER_SECOND: Final = "ops"
BYTES: Final = "bytes"
BYTES_PER_SECOND: Final = "Bps"
NUMBER: Final = "short"


@dataclass(frozen=True)
class Panel:
    """`queries` by legend. `kind` is Grafana's: `timeseries`, `stat`, `state-timeline`."""

    title: str
    about: str
    queries: dict[str, str]
    unit: str = NUMBER
    width: int = 8
    kind: str = "timeseries"
    stacked: bool = False
    exemplars: bool = False
    highest: float | None = None
    """The top of its axis."""


@dataclass(frozen=True)
class Change:
    """An annotation: drawn where `query` begins to have a value."""

    name: str
    query: str
    title: str
    colour: str


def rate(metric: str, by: str = "", **only: str) -> str:
    """Per second, by labels; `only` as `status="5.."` selects by regular expression."""
    return f"sum{_by(by)} (rate({selected(metric, only)}[$__rate_interval]))"


def quantile(share: float, metric: str, by: str = "", **only: str) -> str:
    """Of a histogram."""
    return f"histogram_quantile({share}, {rate(f'{metric}_bucket', f'{by}, le'.lstrip(', '), **only)})"


def now(metric: str, by: str = "", how: str = "max") -> str:
    """A gauge, over all processes."""
    return f"{how}{_by(by)} ({selected(metric, {})})"


def selected(metric: str, only: dict[str, str]) -> str:
    """Of the job that is looked at."""
    matchers = ['job=~"$job"', *(f'{label}=~"{value}"' for label, value in only.items())]
    return f"{metric}{{{', '.join(matchers)}}}"


def _by(labels: str) -> str:
    return f" by ({labels})" if labels else ""
