"""E2: hostile documents are refused in under 50 ms of CPU, memory stays flat, and the healthy query runs right after.

Of several runs the best counts: the machine is shared, and the work is always the same.
"""

import gc
import time
import tracemalloc
from collections.abc import Callable
from typing import Any, Final

import pytest

from bff.errors import BadUserInput, RequestError
from bff.execution.documents import Documents
from bff.page_schema import build_schema
from bff.resilience.mode import Mode
from bff.schema import page
from bff.settings.edge import Limit, Limits
from tests.edge.hostile import HOSTILE
from tests.page_client import LANDING

SCHEMA: Final = build_schema(page)._schema
AT_MOST: Final = 0.05
"""Seconds of CPU."""

MEGABYTE: Final = 1_000_000
RUNS: Final = 6
SEVERAL: Final = "The request has `operationName` ''"


def cpu(run: Callable[[], object]) -> float:
    """The best of several."""
    times = []
    for _ in range(RUNS):
        began = time.process_time()
        run()
        times.append(time.process_time() - began)
        if times[-1] < AT_MOST / 20:
            break
    return min(times)


def code_of(documents: Documents, text: str) -> str:
    """By which it is refused; none where it may run."""
    try:
        documents.get(text).check("", {})
    except RequestError as refusal:
        return "" if str(refusal).startswith(SEVERAL) else refusal.code
    return ""


@pytest.mark.parametrize("introspection", [False, True], ids=["closed", "open"])
@pytest.mark.parametrize("name", HOSTILE)
def test_e2_it_is_refused_with_a_code_in_no_time_and_the_healthy_query_runs(name: str, introspection: bool) -> None:
    text, code = HOSTILE[name]
    kept = Documents(SCHEMA, introspection=introspection)
    healthy = kept.get(LANDING)
    found: set[str] = set()

    def first_time() -> None:
        found.add(code_of(Documents(SCHEMA, introspection=introspection), text))

    assert cpu(first_time) < AT_MOST
    assert found == {code}
    code_of(kept, text)
    assert cpu(lambda: code_of(kept, text)) < AT_MOST / 10
    assert cpu(lambda: kept.get(LANDING).check(None, {})) < 0.001
    assert kept.get(LANDING) is healthy


def test_e2_memory_stays_flat_over_all_of_them() -> None:
    documents = Documents(SCHEMA)
    healthy = documents.get(LANDING)
    gc.collect()
    tracemalloc.start()
    try:
        for text, _ in HOSTILE.values():
            code_of(documents, text)
        gc.collect()
        grown, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert grown < 20 * MEGABYTE
    assert peak < 60 * MEGABYTE  # 10 MB of text are held while they are looked at
    assert documents.get(LANDING) is healthy


@pytest.mark.long
def test_e2_memory_is_bounded_for_whoever_sends_documents_that_may_run_without_end() -> None:
    documents = Documents(SCHEMA)
    fields = "".join(f"...{{{'id ' * 4}}}" for _ in range(35))
    tracemalloc.start()
    try:
        for at in range(120):
            documents.get(f"query q{at}{{landingPage{{{fields}}}}} # {'é' * 10_000}")
        gc.collect()
        grown, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert grown < 20 * MEGABYTE


def test_e2_in_report_only_mode_parsing_and_validation_stay_bounded() -> None:
    mode = Mode.REPORT_ONLY
    limits = Limits(
        tokens=Limit(1_000, mode),
        depth=Limit(8, mode),
        aliases=Limit(15, mode),
        directives=Limit(50, mode),
        cost=Limit(1_000, mode),
        document=Limit(32_000, mode),
    )
    for text, _ in HOSTILE.values():
        began = time.process_time()
        code_of(Documents(SCHEMA, limits, introspection=True), text)
        assert time.process_time() - began < 10 * AT_MOST, text[:100]


def nested(levels: int) -> Any:
    inner: Any = 1
    for _ in range(levels):
        inner = [inner]
    return inner


VARIABLES: Final[dict[str, Any]] = {
    "a string": "x" * 90_000,
    "a list": [1] * 45_000,
    "a deep list": nested(5_000),
    "an object": {f"k{n}": n for n in range(10_000)},
    "a huge integer": 10**4_000,
    "an infinity": float("inf"),
}


@pytest.mark.parametrize("name", VARIABLES)
def test_e2_variables_that_do_not_fit_are_refused_as_fast(name: str) -> None:
    documents = Documents(SCHEMA)
    document = documents.get("query($n:Int!){landingPage{messages(first:$n){id}}}")
    given = {"n": VARIABLES[name], **{f"not asked for {n}": n for n in range(1_000)}}

    def check() -> None:
        with pytest.raises(BadUserInput) as refused:
            document.check(None, given)
        assert sum(len(each["message"]) for each in refused.value.details) < 10_000

    assert cpu(check) < AT_MOST
