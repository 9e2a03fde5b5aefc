"""What Prometheus reads, and that it can."""

import shutil
import subprocess
from collections.abc import Iterable

import pytest
from prometheus_client import REGISTRY, Metric
from prometheus_client.openmetrics.parser import text_string_to_metric_families as read_open_metrics
from prometheus_client.parser import text_string_to_metric_families as plain

from bff.events import BreakerMoved, CacheFailed, CallFinished, LoopTurned
from bff.telemetry.metrics.catalogue import CATALOGUE, pages
from bff.telemetry.metrics.exposition import Exposition, exposed
from bff.telemetry.metrics.merged import Sum
from tests.telemetry.metrics.happenings import TRACE, cold_page, metrics, page, standing
from tests.telemetry.metrics.reading import counted

PROMETHEUS = (
    "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
    "text/plain;version=0.0.4;q=0.5,*/*;q=0.1"
)
"""What Prometheus 2.42 sends."""


def eventful() -> Sum:
    worker = metrics(now=standing(hedge_budget=3))
    for event in (*cold_page(), CacheFailed("read", "late"), BreakerMoved("todos", "open", enforced=True)):
        worker(event)
    worker(LoopTurned(0.001))
    worker(CallFinished("todos", "first", 0.0, 'a "code"\nwith \\ in it'))
    return counted(worker)


def open_metrics(text: str) -> Iterable[Metric]:
    found: Iterable[Metric] = read_open_metrics(text)  # type: ignore[no-untyped-call] # the library has no types here
    return found


def samples(families: Iterable[Metric]) -> dict[tuple[str, ...], float]:
    return {
        (sample.name, *(f"{name}={value}" for name, value in sorted(sample.labels.items()))): sample.value
        for family in families
        for sample in family.samples
    }


def test_prometheus_is_sent_open_metrics_with_the_trace_of_a_page() -> None:
    text, content_type = exposed(eventful(), PROMETHEUS)
    assert content_type.startswith("application/openmetrics-text; version=1.0.0")
    exemplars = [
        sample.exemplar for family in open_metrics(text.decode()) for sample in family.samples if sample.exemplar
    ]
    [exemplar] = exemplars
    assert exemplar.labels == {"trace_id": TRACE.trace_id}


@pytest.mark.parametrize("accept", [None, "", "*/*", "text/html", "application/openmetrics-text;version=new"])
def test_anybody_else_is_sent_plain_text(accept: str | None) -> None:
    text, content_type = exposed(eventful(), accept)
    assert content_type.startswith("text/plain")
    assert b"# {" not in text


def test_both_formats_say_the_same() -> None:
    found = eventful()
    in_plain = samples(plain(exposed(found, None)[0].decode()))
    in_open = samples(open_metrics(exposed(found, PROMETHEUS)[0].decode()))
    assert in_plain == in_open
    assert in_plain["bff_calls_total", "call=first", 'code=a "code"\nwith \\ in it', "source=todos"] == 1


def test_the_admin_listener_sees_the_sum_of_its_workers() -> None:
    exposition, workers = Exposition(), [metrics("0"), metrics("1")]
    for worker in workers:
        worker(page())
    exposition([(str(number), worker.snapshot()) for number, worker in enumerate(workers)], None)
    text, _ = exposition([("1", workers[1].snapshot())], None)
    found = samples(plain(text.decode()))
    assert found["bff_requests_total", "code=none", "status=200"] == 2
    assert found["bff_worker_answers", "worker=0"] == 0


def test_buckets_are_added_up() -> None:
    worker = metrics()
    for seconds in (0.001, 0.5, 0.6, 60.0):
        worker(page(seconds=seconds))
    found = samples(plain(exposed(counted(worker), None)[0].decode()))
    by_bound = [found["bff_page_seconds_bucket", f"le={bound}", "verdict=whole"] for bound in ("0.5", "1.0", "+Inf")]
    assert by_bound == [2, 3, 4]
    assert found["bff_page_seconds_count", "verdict=whole"] == 4


def test_what_is_exposed_is_in_the_catalogue_with_its_labels() -> None:
    for family in plain(exposed(eventful(), None)[0].decode()):
        metric = CATALOGUE.get(family.name) or CATALOGUE[f"{family.name}_total"]
        assert family.documentation == metric.help
        for sample in family.samples:
            assert set(sample.labels) - {"le"} == set(metric.labels)


def test_nothing_is_left_in_the_global_registry() -> None:
    exposed(eventful(), None)
    assert not [family.name for family in REGISTRY.collect() if family.name.startswith("bff_")]


def test_a_counter_without_labels_is_there_before_anything_happened() -> None:
    text, _ = exposed(counted(metrics()), None)
    assert b"bff_loop_stalls_total 0.0" in text
    assert pages.PAGE_BYTES.name.encode() + b" 0.0" in text


def test_promtool_finds_nothing_to_mend() -> None:
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("needs promtool (Debian: prometheus)")
    text, _ = exposed(eventful(), None)
    checked = subprocess.run([promtool, "check", "metrics"], input=text, capture_output=True, check=False)
    assert checked.returncode == 0, checked.stderr.decode()
