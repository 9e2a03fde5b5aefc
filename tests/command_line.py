"""The `bff` command in this process, and what it says where it refuses."""

import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bff.cli import main


def alone_in(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with no setting in the environment, and nothing of it imported afterwards."""
    monkeypatch.chdir(folder)
    monkeypatch.syspath_prepend(str(folder))
    for variable in [name for name in os.environ if name.startswith("BFF_")]:
        monkeypatch.delenv(variable)
    return folder


def bff(*arguments: str, **environment: str) -> Result:
    """What comes of it."""
    return CliRunner().invoke(main, arguments, env=environment)


def said_by(result: Result) -> str:
    """What it says where it refuses: sentences, and nothing of a stack."""
    assert result.exit_code == 1
    assert isinstance(result.exception, SystemExit)
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    return result.stderr
