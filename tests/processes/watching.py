"""Looking at other processes from outside."""

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

Seen = TypeVar("Seen")


def eventually(look: Callable[[], Seen], within: float = 20.0) -> Seen:
    """The first true thing that `look` sees; fails when that takes too long."""
    deadline = time.monotonic() + within
    while not (seen := look()):
        assert time.monotonic() < deadline, f"not within {within:g} s: {look}"
        time.sleep(0.01)
    return seen


def alive(pid: int) -> bool:
    """Whether it runs. On Linux a zombie does not: it waits to be reaped by whoever adopted it."""
    try:
        os.kill(pid, 0)
        status = Path(f"/proc/{pid}/stat").read_text() if sys.platform == "linux" else ""
    except (ProcessLookupError, FileNotFoundError):
        return False
    return not status.rpartition(") ")[2].startswith("Z")
