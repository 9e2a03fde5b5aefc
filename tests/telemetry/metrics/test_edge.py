"""What the edge is counted as."""

import pytest

from bff.events import ConnectionEnded, Event, LimitExceeded, PageShed, RateExceeded
from bff.telemetry.metrics.catalogue import edge, pages
from bff.telemetry.metrics.metric import Metric
from tests.telemetry.metrics.happenings import metrics
from tests.telemetry.metrics.reading import counted, number, rows, values


def test_a_shed_request_is_a_request_and_no_page() -> None:
    worker = metrics()
    worker(PageShed(0.0004))
    found = counted(worker)

    assert values(found, pages.REQUESTS) == {("503", "OVERLOADED"): 1}
    assert values(found, pages.PAGES) == {}
    row = rows(found, edge.SHED_SECONDS)[()]
    assert (number(row), row.sum) == (1, 0.0004)


@pytest.mark.parametrize(
    ("event", "metric", "labels"),
    [
        (LimitExceeded("depth", 12, 8, enforced=True), edge.LIMITS_EXCEEDED, ("depth", "enforce")),
        (LimitExceeded("cost", 1_200, 1_000, enforced=False), edge.LIMITS_EXCEEDED, ("cost", "report-only")),
        (RateExceeded("viewer", enforced=True), edge.RATES_EXCEEDED, ("viewer", "enforce")),
        (RateExceeded("address", enforced=False), edge.RATES_EXCEEDED, ("address", "report-only")),
        (ConnectionEnded("slow headers"), edge.CONNECTIONS_ENDED, ("slow headers",)),
    ],
)
def test_each_of_these_is_one_counter(event: Event, metric: Metric, labels: tuple[str, ...]) -> None:
    worker = metrics()
    worker(event)
    assert values(counted(worker), metric) == {labels: 1}
