"""The `bff` command: what it prints, and that whatever is wrong is said in sentences."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from click.testing import Result

from bff.sources import SOURCES
from tests.command_line import alone_in, bff, said_by

ROOT = Path(__file__).parent.parent
URLS = {f"BFF_{source.name.upper()}__URL": f"http://127.0.0.1:1/{source.name}" for source in SOURCES}
AUTH = {
    "BFF_AUTH__JWKS_URL": "http://127.0.0.1:1/keys",
    "BFF_AUTH__ISSUER": "https://login.test/",
    "BFF_AUTH__AUDIENCE": "bff",
}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where it runs, empty."""
    return alone_in(tmp_path, monkeypatch)


def test_help_names_every_command_in_a_line_that_is_not_cut() -> None:
    result = bff("--help")
    assert result.exit_code == 0
    for command in ("cache", "config", "dev", "schema", "serve", "token"):
        assert f"\n  {command} " in result.stdout
    assert "..." not in result.stdout.replace("[ARGS]...", "")


def test_help_is_also_h() -> None:
    assert bff("-h").stdout == bff("--help").stdout


def test_version_is_told() -> None:
    result = bff("--version")
    assert (result.exit_code, result.stdout[:3]) == (0, "bff")


def test_python_m_bff_is_the_same_command() -> None:
    command = [sys.executable, "-m", "bff", "--help"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.startswith("Usage: python -m bff [OPTIONS] COMMAND")
    assert run.stderr == ""


def test_schema_prints_the_contract() -> None:
    assert bff("schema").stdout.strip() == (ROOT / "schema.graphql").read_text().strip()


def rows(result: Result) -> dict[str, list[str]]:
    """By variable: value, origin and meaning."""
    assert result.exit_code == 0
    return {
        line.split()[0]: line.split(maxsplit=3)[1:] for line in result.stdout.splitlines() if line.startswith("BFF_")
    }


def test_config_shows_each_setting_with_its_value_origin_and_meaning() -> None:
    assert rows(bff("config", BFF_PORT="8001"))["BFF_PORT"] == ["8001", "BFF_PORT", "port to listen on"]


def test_config_shows_durations_as_one_would_write_them() -> None:
    shown = rows(bff("config", BFF_TODOS__DEADLINE="0.25"))
    names = ["BFF_RECOMMENDATIONS__DEADLINE", "BFF_USERS__DEADLINE", "BFF_USERS__STALE", "BFF_TODOS__DEADLINE"]
    assert [shown[name][0] for name in names] == ["300ms", "1s", "1h", "250ms"]


def test_config_says_what_is_doubtful_and_that_nothing_is() -> None:
    doubtful = bff("config", BFF_GATEWAY_TIMEOUT="2s").stdout
    assert "\nDoubtful:\n  - BFF_PAGE_DEADLINE (3s) is not below BFF_GATEWAY_TIMEOUT (2s): " in doubtful
    assert bff("config").stdout.endswith("\nNothing in them is doubtful.\n")


def test_a_table_within_a_table_of_the_file_is_read(folder: Path) -> None:
    (folder / "bff.toml").write_text("[todos.breaker]\nsleep = '2s'\nmode = 'report-only'\n[todos]\nenabled = false\n")
    shown = rows(bff("config"))
    names = ("BFF_TODOS__BREAKER__SLEEP", "BFF_TODOS__BREAKER__MODE", "BFF_TODOS__ENABLED")
    assert [shown[name][0] for name in names] == ["2s", "report-only", "off"]


def test_config_hides_secrets() -> None:
    result = bff("config", BFF_CACHE_URL="redis://:hush@cache", BFF_USERS__URL="http://me:hush@users")
    assert rows(result)["BFF_CACHE_URL"][0] == "(hidden)"
    assert "hush" not in result.output


def test_config_reads_the_file_in_the_current_folder(folder: Path) -> None:
    (folder / "bff.toml").write_text("port = 8002")
    assert rows(bff("config"))["BFF_PORT"][:2] == ["8002", "bff.toml:"]


def test_config_reads_the_file_that_is_named(folder: Path) -> None:
    (folder / "bff.toml").write_text("port = 8002")
    (folder / "other.toml").write_text("port = 8003")
    assert rows(bff("config", "--config", "other.toml"))["BFF_PORT"][:2] == ["8003", "other.toml:"]


@pytest.mark.parametrize("command", ["config", "serve"])
def test_settings_that_cannot_work_are_listed_at_once(command: str) -> None:
    said = said_by(bff(command, "--config", "gone.toml", BFF_PORT="x", BFF_USERS_URL="http://users"))
    assert said.splitlines() == [
        "Error: these settings cannot work:",
        "  - BFF_USERS_URL: there is no such setting. Did you mean BFF_USERS__URL?",
        "  - gone.toml: cannot be read: No such file or directory.",
        "  - BFF_PORT: 'x' is not a port from 0 to 65535.",
    ]


def test_serve_names_everything_that_is_missing_in_one_message() -> None:
    said = said_by(bff("serve"))
    for variable in {**URLS, **AUTH}:
        assert variable in said


def test_serve_without_a_way_to_authenticate_does_not_start() -> None:
    said = said_by(bff("serve", **URLS))
    assert said.splitlines() == [
        "Error: these settings cannot work:",
        "  - BFF_AUTH__JWKS_URL, BFF_AUTH__ISSUER and BFF_AUTH__AUDIENCE are not set: who signs the users' tokens?",
    ]


def test_serve_with_a_cache_that_cannot_be_reached_by_its_url_does_not_start() -> None:
    said = said_by(bff("serve", **URLS, **AUTH, BFF_CACHE_URL="redis://:hush@cache?db=x"))
    assert "BFF_CACHE_URL: what it holds is not a URL such as" in said
    assert "hush" not in said


MODULES = {
    "broken.py": 'SETTINGS = {}\nURL = SETTINGS["url"]\n',
    "unfinished.py": "page = (\n",
    "lacking.py": "import no_such_library\n",
    "leaving.py": "import sys\nsys.exit(3)\n",
    "pageless.py": "page = 'landing'\n",
    "paged.py": "from bff.schema import page as front\n",
}

WRONG = {
    "no colon": ("pageless", "--app is 'pageless', it must be MODULE:PAGE such as acme.page:page"),
    "no page": ("pageless:", "--app is 'pageless:', it must be MODULE:PAGE"),
    "no module": (":page", "--app is ':page', it must be MODULE:PAGE"),
    "a path": ("./pageless.py:page", "it must be MODULE:PAGE"),
    "a relative module": ("..pageless:page", "it must be MODULE:PAGE"),
    "an unknown module": ("nowhere:page", "there is no module 'nowhere' here: run bff in the folder that holds it"),
    "an unknown submodule": ("bff.nowhere:page", "there is no module 'bff.nowhere' here"),
    "an unknown name": ("paged:page", "'page' in paged does not exist; its pages are: front"),
    "no page but text": ("pageless:page", "'page' in pageless is 'landing', not a bff.Page; it holds no page"),
    "a module that fails": ("broken:page", "importing broken raised KeyError: 'url' ("),
    "a module with a typing error": (
        "unfinished:page",
        "importing unfinished raised SyntaxError: '(' was never closed",
    ),
    "a module that lacks another": ("lacking:page", "importing lacking raised ModuleNotFoundError: No module named"),
    "a module that exits": ("leaving:page", "importing leaving raised SystemExit: 3"),
}


@pytest.mark.parametrize(("reference", "sentence"), WRONG.values(), ids=WRONG)
def test_an_app_that_cannot_be_served_is_a_sentence(folder: Path, reference: str, sentence: str) -> None:
    for name, text in MODULES.items():
        (folder / name).write_text(text)
    said = said_by(bff("serve", "--app", reference, **URLS, **AUTH))
    assert said.startswith("Error: --app ")
    assert said.count("\n") == 1
    assert sentence in said


def test_the_place_in_ones_own_code_is_told(folder: Path) -> None:
    (folder / "broken.py").write_text(MODULES["broken.py"])
    assert f"({folder / 'broken.py'}, line 2)" in said_by(bff("schema", "--app", "broken:page"))


def test_an_app_in_the_current_folder_is_found(folder: Path) -> None:
    (folder / "paged.py").write_text(MODULES["paged.py"])
    assert bff("schema", "--app", "paged:front").stdout == bff("schema").stdout


@contextmanager
def serving(**environment: str) -> Iterator[subprocess.Popen[str]]:
    """A real `bff serve`, ended in the end."""
    settings = {**URLS, **AUTH, "PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "BFF_ADMIN_PORT": "0"}
    settings |= environment
    command = [sys.executable, "-m", "bff", "serve"]
    with subprocess.Popen(command, env=settings, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def test_serve_says_where_it_serves_answers_there_and_ends_in_order_when_told_to() -> None:
    with serving(BFF_PORT="0") as process:
        assert process.stderr is not None
        lines = iter(process.stderr.readline, "")
        line = next(line for line in lines if "bff serves" in line)
        url = line.split()[-1]
        assert line.startswith("bff serves landingPage on http://127.0.0.1:")
        assert httpx.get(f"{url}health/ready", trust_env=False).text == "ready"
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
        assert "Traceback" not in process.stderr.read()


def test_serve_says_that_answers_are_cached_in_process_only() -> None:
    with serving(BFF_PORT="0", BFF_TODOS__ENABLED="off") as process:
        assert process.stderr is not None
        assert "Doubtful: BFF_TODOS__ENABLED is off: no page shows todos. Set it to on when one should.\n" in iter(
            process.stderr.readline, ""
        )
        assert "No BFF_CACHE_URL: answers are cached in this process only.\n" in iter(process.stderr.readline, "")


def test_serve_on_a_port_in_use_says_so_in_a_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with serving(BFF_PORT=str(port)) as process:
            assert process.wait(20) == 1
            assert process.stderr is not None
            said = process.stderr.read()
    assert f"cannot listen on 127.0.0.1 port {port}: Address already in use. Choose another." in said
    assert "Traceback" not in said
