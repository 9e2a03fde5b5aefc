"""How .venv is made and mended: requirements/install, with a Python that only writes down what it was asked for."""

import shutil
import signal
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

PYTHON = """\
#!/bin/sh
case "$*" in
  *version_info*) echo "3.12.1 True" ;;
  --version) echo "Python 3.12.1" ;;
  "-m venv .venv") mkdir -p .venv/bin && cp "$0" .venv/bin/python && echo "venv" >> asked ;;
  *"pip --no-input"*"--require-hashes"*) echo "packages" >> asked; if [ -e kill ]; then kill -9 0; fi ;;
  *"pip --no-input"*"-e .") echo "bff" >> asked ;;
esac
"""


class Checkout:
    """A tree with only what an install reads."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        shutil.copytree(ROOT / "requirements", folder / "requirements")
        shutil.copy(ROOT / "pyproject.toml", folder)
        (folder / "python3").write_text(PYTHON)
        (folder / "python3").chmod(0o755)

    def install(self) -> tuple[int, list[str]]:
        """Exit code, and what was asked of Python in this run."""
        asked = self.folder / "asked"
        asked.unlink(missing_ok=True)
        run = subprocess.run(
            [self.folder / "requirements/install"],
            env={"PATH": f"{self.folder}:/usr/bin:/bin"},
            start_new_session=True,
            capture_output=True,
            check=False,
        )
        return run.returncode, asked.read_text().split() if asked.exists() else []


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path / "checkout")


def test_a_first_install_makes_everything_and_a_second_does_nothing(checkout: Checkout) -> None:
    assert checkout.install() == (0, ["venv", "packages", "bff"])
    assert checkout.install() == (0, [])


def test_an_install_that_was_killed_is_made_anew(checkout: Checkout) -> None:
    (checkout.folder / "kill").touch()
    assert checkout.install() == (-signal.SIGKILL, ["venv", "packages"])
    (checkout.folder / "kill").unlink()
    assert checkout.install() == (0, ["venv", "packages", "bff"])
    assert not (checkout.folder / ".venv.installing").is_symlink()


@pytest.mark.parametrize("name", ["requirements/dev.lock", "pyproject.toml"])
def test_what_changed_is_installed_into_the_environment_there_is(checkout: Checkout, name: str) -> None:
    checkout.install()
    with (checkout.folder / name).open("a") as changed:
        changed.write("# changed\n")
    assert checkout.install() == (0, ["packages", "bff"])


def test_a_tree_that_was_moved_gets_a_new_environment(checkout: Checkout) -> None:
    checkout.install()
    checkout.folder = checkout.folder.rename(checkout.folder.with_name("elsewhere"))
    assert checkout.install() == (0, ["venv", "packages", "bff"])
    assert checkout.install() == (0, [])


def test_an_environment_whose_python_is_gone_is_made_anew(checkout: Checkout) -> None:
    checkout.install()
    (checkout.folder / ".venv/bin/python").unlink()
    assert checkout.install() == (0, ["venv", "packages", "bff"])
