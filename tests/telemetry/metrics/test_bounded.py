"""However many names clients make up, the number of series is bounded."""

from hypothesis import given
from hypothesis import strategies as st

from bff.page_timeline import Verdict
from bff.telemetry.metrics.catalogue import CATALOGUE, pages, process
from bff.telemetry.metrics.merged import Sum
from tests.telemetry.metrics.happenings import metrics, page
from tests.telemetry.metrics.reading import counted, rows, values

NAMES = st.one_of(st.none(), st.text(max_size=80), st.sampled_from(["LandingPage", "web", "other", "none"]))
VERDICTS = st.sampled_from([Verdict.WHOLE, Verdict.DEGRADED, Verdict.CORE_MISSING])


def series(found: Sum) -> int:
    """As Prometheus counts them, without gauges."""
    totals = found.totals
    return sum(
        CATALOGUE[name].series * len(by_labels)
        for kind in (totals.counters, totals.histograms)
        for name, by_labels in kind.items()
    )


@given(st.lists(st.tuples(NAMES, NAMES, VERDICTS), max_size=200))
def test_names_that_the_settings_do_not_name_are_one(asked: list[tuple[str | None, str | None, Verdict]]) -> None:
    worker = metrics()
    for operation, client, verdict in asked:
        worker(page(operation=operation, client=client, verdict=verdict))
    found = values(counted(worker), pages.PAGES)

    assert sum(found.values()) == len(asked)
    assert {operation for _, operation, _ in found} <= {"LandingPage", "other", "none"}
    assert {client for _, _, client in found} <= {"web", "ios", "other", "none"}


@given(st.lists(st.tuples(st.text(max_size=20), st.integers(100, 999)), max_size=100))
def test_there_are_no_more_series_than_there_may_be(asked: list[tuple[str, int]]) -> None:
    """What is ours is bounded by itself; should it not be, as with these codes, then there is this bound."""
    worker = metrics(most_series=100)
    for code, status in asked:
        worker(page(code=code, status=status))
    found = counted(worker)

    always_there = sum(metric.series for metric in CATALOGUE.values())  # without labels, or with `other` for all
    assert series(found) <= 100 + always_there
    assert sum(values(found, pages.REQUESTS).values()) == len(asked)


def test_without_room_verdicts_are_still_told_apart_and_what_is_not_is_counted() -> None:
    worker = metrics(most_series=0)
    for verdict in (Verdict.WHOLE, Verdict.DEGRADED, Verdict.DEGRADED):
        worker(page(verdict=verdict))
    found = counted(worker)

    assert values(found, pages.PAGES) == {("whole", "other", "other"): 1, ("degraded", "other", "other"): 2}
    assert set(rows(found, pages.PAGE_SECONDS)) == {("other",)}
    assert values(found, process.SERIES_DROPPED)[()] > 0
