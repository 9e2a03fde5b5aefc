"""A real Valkey for tests, on a unix socket of its own."""

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from bff.lab.dev.child import Child
from bff.lab.dev.children import Children
from bff.lab.dev.errors import ValkeyNotAvailable
from bff.lab.dev.valkey import start_valkey, valkey_binary


@dataclass(frozen=True)
class RunningValkey:
    """One that answers."""

    url: str
    child: Child


@asynccontextmanager
async def running_valkey(*, max_memory: str = "256mb", eviction: str = "allkeys-lru") -> AsyncIterator[RunningValkey]:
    """Starts one, and stops it at the end. Skips the test where there is none for this machine."""
    try:
        valkey_binary()
    except ValkeyNotAvailable as missing:
        pytest.skip(f"needs an embedded Valkey: {missing}")
    with tempfile.TemporaryDirectory(prefix="bff-", dir="/tmp") as directory:
        async with Children(lambda name, line: None) as children:
            child, url = await start_valkey(children, Path(directory), max_memory=max_memory, eviction=eviction)
            yield RunningValkey(url, child)
