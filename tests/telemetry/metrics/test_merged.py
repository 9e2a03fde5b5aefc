"""The sum over workers: whatever becomes of them, no counter falls."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bff.telemetry.metrics.catalogue import pages, process
from bff.telemetry.metrics.merged import Merged, Sum
from bff.telemetry.metrics.snapshot import Exemplar, HistogramRow, Labels, Snapshot, Totals
from tests.telemetry.metrics.happenings import metrics, page
from tests.telemetry.metrics.reading import gauge, values

LABELS = st.sampled_from([("a",), ("b",), ("c",)])
EXEMPLARS = st.builds(Exemplar, st.sampled_from(["1" * 32, "2" * 32]), st.floats(0, 9), st.floats(0, 9), st.booleans())
ROWS = st.builds(
    HistogramRow,
    st.lists(st.integers(0, 50), min_size=3, max_size=3),
    st.integers(0, 100).map(float),
    st.dictionaries(st.integers(0, 2), EXEMPLARS),
)
TOTALS = st.builds(
    Totals,
    st.dictionaries(st.sampled_from(["x", "y"]), st.dictionaries(LABELS, st.integers(0, 99).map(float))),
    st.dictionaries(st.sampled_from(["h", "i"]), st.dictionaries(LABELS, ROWS)),
)

COUNTED = st.tuples(st.just("counted"), st.sampled_from("012"), st.floats(0.0, 1e9))
REPLACED = st.tuples(st.just("replaced"), st.sampled_from("012"), st.just(0.0))
SCRAPED = st.tuples(st.just("scraped"), st.sampled_from(["0", "1", "2", "01", "12", "012"]), st.just(0.0))
LIVES = st.lists(st.one_of(COUNTED, REPLACED, SCRAPED), max_size=60)


class Process:
    """A worker: what it counts, and what it sends."""

    def __init__(self, name: str, started: float) -> None:
        self.name = name
        self.started = started
        self.count = 0.0
        self.numbers = itertools.count(1)

    def snapshot(self) -> bytes:
        row = HistogramRow([int(self.count), 0], self.count, {})
        totals = Totals({"c": {("x",): self.count}}, {"h": {("x",): row}})
        return Snapshot(self.name, self.started, next(self.numbers), totals, {}).encoded()


@given(TOTALS, TOTALS, TOTALS)
def test_it_does_not_matter_which_are_added_first(one: Totals, two: Totals, three: Totals) -> None:
    assert one.plus(two).plus(three) == one.plus(two.plus(three))
    assert one.plus(two) == two.plus(one)


@given(LIVES)
def test_no_counter_falls_whatever_becomes_of_workers(lives: list[tuple[str, str, float]]) -> None:
    merged, clock = Merged(), itertools.count(1)
    workers = {name: Process(name, float(next(clock))) for name in "012"}
    seen: list[Sum] = []
    for what, names, more in lives:
        if what == "counted":
            workers[names].count += more
        elif what == "replaced":
            workers[names] = Process(names, float(next(clock)))
        else:
            seen.append(merged.take(workers[name].snapshot() for name in names))
    for before, after in itertools.pairwise(seen):
        assert counts(before) <= counts(after)
        assert row(before).sum <= row(after).sum
        assert all(one <= another for one, another in zip(row(before).counts, row(after).counts, strict=True))


def counts(found: Sum) -> float:
    return found.totals.counters["c"]["x",]


def row(found: Sum) -> HistogramRow:
    return found.totals.histograms["h"]["x",]


def test_what_a_worker_had_counted_that_is_gone_stays_counted() -> None:
    merged = Merged()
    for life in range(3):
        worker = metrics()
        for _ in range(life + 1):
            worker(page())
        merged.take([worker.snapshot()])
    [total] = values(merged.take([]), pages.PAGES).values()
    assert total == 1 + 2 + 3


def test_of_two_answers_that_overtake_each_other_the_later_one_counts() -> None:
    worker, merged = metrics(), Merged()
    worker(page())
    early = worker.snapshot()
    worker(page())
    late = worker.snapshot()
    for answer in (late, early):
        [total] = values(merged.take([answer]), pages.PAGES).values()
        assert total == 2


def test_a_worker_that_does_not_answer_shows_and_its_gauges_do_not() -> None:
    merged = Merged()
    merged.take([metrics("0").snapshot(), metrics("1").snapshot()])
    found = merged.take([metrics("0").snapshot()])

    assert gauge(found, process.WORKER_ANSWERS) == {("0",): 1, ("1",): 0}
    assert set(gauge(found, process.STARTED)) == {("0",)}


def test_the_later_example_is_shown_and_one_that_can_be_looked_at_before() -> None:
    def example(at: float, sampled: bool) -> HistogramRow:
        return HistogramRow([1], 1.0, {0: Exemplar(f"{at}", 1.0, at, sampled)})

    together = example(1, True).plus(example(2, True)).plus(example(3, False))
    assert together.exemplars[0].trace_id == "2"


def test_labels_survive_the_way_between_processes() -> None:
    labels: Labels = ("a", "", "ü ☃\n", 'a"b')
    snapshot = Snapshot("0", 1.0, 1, Totals({"c": {labels: 2.0}}), {"g": {(): 1.0}})
    found = Merged().take([snapshot.encoded()])
    assert found.totals.counters == {"c": {labels: pytest.approx(2.0)}}
