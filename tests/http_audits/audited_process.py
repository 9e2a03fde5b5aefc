"""A process of `audited.py`."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bff.leash import leashed

ROOT = Path(__file__).parents[2]
CHOSEN = {"BFF_PORT": "0", "BFF_ADMIN_PORT": "off", "BFF_RATE__VIEWER": "off", "BFF_RATE__ADDRESS": "off"}


@contextmanager
def audited(**settings: str) -> Iterator[str]:
    """The URL of its GraphQL endpoint. It is killed in the end."""
    others = {name: value for name, value in os.environ.items() if not name.startswith("BFF_")}
    with subprocess.Popen(
        leashed([sys.executable, "-m", "tests.http_audits.audited"]),
        cwd=ROOT,
        env={**others, **CHOSEN, **settings},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        try:
            yield f"{process.stdout.readline().strip()}graphql"
        finally:
            process.kill()
