"""`bff serve` by several processes, as it is installed."""

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import httpx

from bff.leash import leashed
from bff.sources import SOURCES
from tests.command_line import bff

ROOT = Path(__file__).parents[2]
SETTINGS = {
    **{f"BFF_{source.name.upper()}__URL": f"http://127.0.0.1:1/{source.name}" for source in SOURCES},
    "BFF_AUTH__JWKS_URL": "http://127.0.0.1:1/keys",
    "BFF_AUTH__ISSUER": "https://login.test/",
    "BFF_AUTH__AUDIENCE": "bff",
    "BFF_PORT": "0",
    "BFF_ADMIN_PORT": "0",
    "BFF_WORKERS": "2",
}


def test_it_says_where_it_serves_by_how_many_and_where_the_admin_listener_is() -> None:
    command = leashed([sys.executable, "-m", "bff", "serve"])
    with tempfile.TemporaryDirectory(prefix="bff-", dir="/tmp") as folder:
        environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "TMPDIR": folder, **SETTINGS}
        with subprocess.Popen(command, env=environment, cwd=folder, stderr=subprocess.PIPE, text=True) as process:
            assert process.stderr is not None
            spoken = (line for line in iter(process.stderr.readline, "") if not line.startswith("{"))  # the rest is log
            page = next(line for line in spoken if line.startswith("bff serves landingPage on http")).split()[-1]
            workers, listener = next(spoken), next(spoken)
            admin = listener.split()[2]
            assert httpx.get(f"{page}health/ready").text == "ready"
            assert httpx.get(f"{admin}health").json()["workers"].keys() == {"0", "1"}
            process.send_signal(signal.SIGTERM)
            rest = process.stderr.read()
            assert process.wait(10) == 0
        assert list(Path(folder).iterdir()) == []
    assert workers == "Workers: 2\n"
    assert listener == f"Admin listener: {admin} (/metrics, /debug/requests, /health)\n"
    assert "Traceback" not in rest


def test_help_says_what_several_processes_do_and_where_the_admin_listener_is() -> None:
    said = " ".join(bff("serve", "--help").stdout.split())
    for words in ("BFF_WORKERS=4", "SIGHUP replaces them one after the other", "BFF_ADMIN_PORT=off", "/metrics"):
        assert words in said
