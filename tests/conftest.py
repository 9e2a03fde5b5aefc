"""What holds for every test: its clock, no skip for a missing tool in CI, no error that nobody saw."""

import asyncio
import gc
import os
from collections.abc import Generator, Iterator
from typing import Any, TypeVar

import pytest
from hypothesis import Phase, settings

from bff.timeline import clock
from tests.virtual_time import VirtualTimeLoop

pytest_plugins = ["pytester"]

Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)

IN_CI = os.environ.get("CI") == "true"

# For `make mutants`: the same examples in each run, and none made smaller, since nobody reads why a mutant was killed.
settings.register_profile(
    "mutants", settings.get_profile("ci"), phases=[Phase.explicit, Phase.generate], print_blob=False
)


@pytest.fixture(scope="module")
def anyio_backend(request: pytest.FixtureRequest) -> tuple[str, dict[str, Any]]:
    if request.node.get_closest_marker("virtual_time"):
        return "asyncio", {"loop_factory": VirtualTimeLoop}
    return "asyncio", {}


@pytest.fixture(autouse=True)
def timelines_on_virtual_time(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.node.get_closest_marker("virtual_time"):
        monkeypatch.setattr(clock, "now", _loop_time)


def _loop_time() -> float:
    try:
        return asyncio.get_running_loop().time()
    except RuntimeError:  # as where a test builds something before its loop runs
        return 0.0


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        module = item.getparent(pytest.Module)
        if item.get_closest_marker("virtual_time") and module and not module.get_closest_marker("virtual_time"):
            raise pytest.UsageError(
                f"{item.nodeid} is marked virtual_time alone, but a clock belongs to its whole module: "
                "write `pytestmark = pytest.mark.virtual_time`"
            )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    return _fail_when_a_tool_is_missing((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    return _fail_when_a_tool_is_missing((yield))


def _fail_when_a_tool_is_missing(report: Report) -> Report:
    reason = report.longrepr[2] if report.skipped and isinstance(report.longrepr, tuple) else ""
    if IN_CI and reason.startswith("Skipped: needs "):
        report.outcome = "failed"
        report.longrepr = f"CI must have what a test needs: {reason}"
    return report


@pytest.fixture(scope="module", autouse=True)
def _what_is_there_before_a_module_stays() -> None:
    # left out, it no longer costs in the collection after every test
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def unseen_errors() -> Iterator[list[dict[str, Any]]]:
    """What event loops had to report because nobody awaited it; whoever expects some clears the list."""
    errors: list[dict[str, Any]] = []
    report = asyncio.BaseEventLoop.call_exception_handler

    def record(loop: asyncio.BaseEventLoop, context: dict[str, Any]) -> None:
        errors.append(context)
        report(loop, context)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(asyncio.BaseEventLoop, "call_exception_handler", record)
        yield errors


@pytest.fixture(autouse=True)
def _no_unseen_errors(unseen_errors: list[dict[str, Any]]) -> Iterator[None]:
    yield
    gc.collect()
    messages = [f"{error['message']}: {error.get('exception')!r}" for error in unseen_errors]
    unseen_errors.clear()
    assert not messages, "an error that nobody saw: " + "; ".join(messages)
