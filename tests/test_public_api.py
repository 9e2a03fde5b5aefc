"""The public face: what a team builds its page with. A name that goes, or changes its kind, breaks somebody."""

import inspect
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import is_dataclass
from pathlib import Path
from typing import Any

import pytest

import bff

ROOT = Path(__file__).parent.parent

FACE = {
    "Ask": "frozen data",
    "BffError": "exception",
    "BreakerOptions": "frozen data",
    "BulkheadOptions": "frozen data",
    "HedgeOptions": "frozen data",
    "Id": "_AnnotatedAlias",
    "Identity": "frozen data",
    "Link": "_AnnotatedAlias",
    "Load": "frozen data",
    "Mode": "class",
    "Page": "frozen data",
    "Picture": "_AnnotatedAlias",
    "Policy": "frozen data",
    "RetryOptions": "frozen data",
    "Settings": "frozen data",
    "Source": "class",
    "Text": "_AnnotatedAlias",
    "WaitingOptions": "frozen data",
    "batch": "function",
    "between": "function",
    "call": "function",
    "call_once": "function",
    "create_app": "function",
    "read_settings": "function",
    "related": "function",
    "section": "function",
}

WATCHED_IMPORT = """
import json, sys, threading

seen = []

def watch(event, arguments):
    if event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+"):
        seen.append(f"open {arguments[0]} to write")
    elif event.split(".")[0] in ("socket", "subprocess") or event in ("os.fork", "os.posix_spawn", "os.putenv"):
        seen.append(event)

sys.dont_write_bytecode = True
sys.addaudithook(watch)
import bff
seen += [thread.name for thread in threading.enumerate() if thread is not threading.main_thread()]
print(json.dumps(seen))
"""


def kind_of(value: Any) -> str:
    if not inspect.isclass(value):
        return "function" if inspect.isfunction(value) else type(value).__name__
    if issubclass(value, Exception):
        return "exception"
    if is_dataclass(value):
        return "frozen data" if value.__dataclass_params__.frozen else "data"  # type: ignore[attr-defined]  # untyped
    return "class"


def public_parts(name: str) -> Iterator[tuple[str, Any]]:
    """What has that name, and the public methods and properties that a class of ours defines."""
    value = getattr(bff, name)
    yield name, value
    if inspect.isclass(value):
        for part, member in vars(value).items():
            if not part.startswith("_") and (inspect.isroutine(member) or isinstance(member, property | classmethod)):
                yield f"{name}.{part}", member


def own_docstring(value: Any) -> str:
    """Without what a dataclass makes up where none is written."""
    written = value.__doc__ or ""
    return "" if written.startswith(f"{getattr(value, '__name__', '')}(") else written


def test_the_public_names_and_their_kinds_are_these() -> None:
    assert {name: kind_of(getattr(bff, name)) for name in bff.__all__} == FACE


def test_the_list_of_public_names_is_sorted() -> None:
    assert sorted(bff.__all__) == bff.__all__


@pytest.mark.parametrize("name", bff.__all__)
def test_a_public_name_and_its_parts_say_what_they_are_for(name: str) -> None:
    assert not [part for part, value in public_parts(name) if not own_docstring(value)]


def test_importing_opens_nothing_and_starts_nothing() -> None:
    importing = subprocess.run(
        [sys.executable, "-c", WATCHED_IMPORT], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert json.loads(importing.stdout) == []
