"""Where OpenTelemetry is absent, and where nobody asked for it."""

import importlib
import subprocess
import sys
from types import ModuleType

import pytest

from bff.errors import SettingsError
from bff.telemetry.traces.optional import traces_to


def test_with_the_extra_there_are_traces() -> None:
    traces = traces_to("http://127.0.0.1:1", service="shop", version="1", addresses={}, operations=())
    assert traces.dropped == 0


def test_without_the_extra_one_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name: str) -> ModuleType:
        raise ModuleNotFoundError("No module named 'opentelemetry.sdk'", name="opentelemetry.sdk")

    monkeypatch.setattr(importlib, "import_module", absent)
    with pytest.raises(SettingsError, match=r"BFF_TRACES__ENDPOINT: .* pip install 'bff-graphql\[traces\]'"):
        traces_to("http://127.0.0.1:1", service="shop", version="1", addresses={}, operations=())


def test_a_bug_of_ours_is_not_taken_for_a_missing_package(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(name: str) -> ModuleType:
        raise ImportError("cannot import name 'Spans'", name="bff.telemetry.traces.making")

    monkeypatch.setattr(importlib, "import_module", broken)
    with pytest.raises(ImportError, match="Spans"):
        traces_to("http://127.0.0.1:1", service="shop", version="1", addresses={}, operations=())


def test_whoever_wants_no_traces_does_not_import_them() -> None:
    # redis looks for OpenTelemetry's metrics by itself, so that some of it may be there
    program = "import sys, bff.web.app, bff.telemetry.traces.optional; print('opentelemetry.exporter' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
