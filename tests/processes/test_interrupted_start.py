"""Ctrl-C while Python still imports what `bff` needs."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SLOW_TO_IMPORT = "print('importing', flush=True)\nimport time\ntime.sleep(30)\n"
IMPORTED = """
import signal
def main():
    try:
        print('imported', flush=True)
        while True:
            signal.pause()
    except KeyboardInterrupt:
        print('interrupted', flush=True)
"""


def command_with(folder: Path, its_cli: str) -> "subprocess.Popen[str]":
    """The installed command, with this in place of the package."""
    package = folder / "bff"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "cli.py").write_text(its_cli)
    return subprocess.Popen(
        [sys.executable, "-S", "-c", "import bff_command; bff_command.main()"],
        env={**os.environ, "PYTHONPATH": f"{folder}{os.pathsep}{ROOT}"},
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize(
    ("its_cli", "said", "ended"),
    [
        pytest.param(SLOW_TO_IMPORT, "importing\n", -signal.SIGINT, id="while it imports: without a word"),
        pytest.param(IMPORTED, "imported\ninterrupted\n", 0, id="later: as the command likes"),
    ],
)
def test_ctrl_c_shows_no_stack_trace(tmp_path: Path, its_cli: str, said: str, ended: int) -> None:
    with command_with(tmp_path, its_cli) as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        process.send_signal(signal.SIGINT)
        rest, complaint = process.communicate(timeout=10)
    assert first + rest == said
    assert complaint == ""
    assert process.returncode == ended
