"""How a worker stands, as gauges."""

import sys
import threading
import time
from pathlib import Path

import pytest

from bff.events import LoopTurned
from bff.standing import Standing
from bff.telemetry.metrics.catalogue import cache, calls, guards, process
from bff.telemetry.metrics.listening import Metrics
from tests.telemetry.metrics.happenings import metrics, standing
from tests.telemetry.metrics.reading import counted, gauge, values


@pytest.mark.parametrize(("state", "shown"), [("closed", 0.0), ("half-open", 0.5), ("open", 1.0)])
def test_a_breaker_is_open_by_a_number(state: str, shown: float) -> None:
    found = counted(metrics(now=standing(breaker=state)))
    assert gauge(found, guards.BREAKER_OPEN) == {("recommendations", "0"): shown}


def test_guards_and_cache_show_how_they_stand() -> None:
    found = counted(metrics())
    own = ("recommendations", "0")
    assert gauge(found, guards.BULKHEAD_TAKEN) == {own: 3}
    assert gauge(found, guards.BULKHEAD_LIMIT) == {own: 20}
    assert gauge(found, guards.BULKHEAD_WAITING) == {own: 1}
    assert gauge(found, guards.RETRY_BUDGET) == {own: 10}
    assert gauge(found, guards.HEDGE_BUDGET) == {}
    assert gauge(found, guards.WAITED_FOR) == {own: 1}
    assert gauge(found, cache.NEAR_BYTES) == {("0",): 1_000}
    assert gauge(found, cache.REACHABLE) == {("0",): 1}
    assert gauge(found, process.IN_FLIGHT) == {("0",): 4}


def test_without_a_cache_server_nothing_is_said_of_it() -> None:
    found = counted(metrics(now=standing(reachable=None)))
    assert gauge(found, cache.REACHABLE) == gauge(found, cache.HEARD) == {}


def test_a_source_is_enabled_where_it_is_in_every_worker() -> None:
    found = counted(metrics("0"), metrics("1", now=standing(enabled=False)))
    assert gauge(found, calls.SOURCE_ENABLED) == {("recommendations",): 0}


def test_version_settings_and_process_are_told() -> None:
    found = counted(metrics())
    assert gauge(found, process.BUILD_INFO) == {("1.2.3",): 1}
    assert gauge(found, process.SETTINGS_INFO) == {("abc123",): 1}
    assert gauge(found, process.STARTED)["0",] == pytest.approx(time.time(), abs=30)
    assert 0 < values(found, process.CPU)["0",] <= time.process_time()


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not tell")
def test_memory_is_what_the_system_says() -> None:
    lines = Path("/proc/self/status").read_text().splitlines()
    kilobytes = next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))
    assert gauge(counted(metrics()), process.MEMORY)["0",] == pytest.approx(kilobytes * 1_024, rel=0.2)


def test_guards_are_asked_on_the_loop_and_not_by_whoever_scrapes() -> None:
    asked: list[str] = []

    def now() -> Standing:
        asked.append(threading.current_thread().name)
        return standing()

    worker = Metrics(worker="0", version="1", settings_hash="a", standing=now)
    assert gauge(counted(worker), guards.BULKHEAD_TAKEN) == {}
    worker(LoopTurned(0.0))
    thread = threading.Thread(target=worker.snapshot)
    thread.start()
    thread.join()
    assert gauge(counted(worker), guards.BULKHEAD_TAKEN) == {("recommendations", "0"): 3}
    assert asked == [threading.current_thread().name]
