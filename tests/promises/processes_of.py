"""The processes below one, from outside; on Linux."""

import os
from pathlib import Path

MEGABYTE = 1024 * 1024


def web_process(ancestor: int) -> int:
    """The process of the page below a `bff dev`."""
    parents = {int(path.name): _parent(path) for path in Path("/proc").iterdir() if path.name.isdigit()}
    for pid in parents:
        if b"bff.lab.dev.web" in _command(pid) and ancestor in _ancestors(pid, parents):
            return pid
    raise AssertionError(f"no page is served below process {ancestor}")


def resident(pid: int) -> float:
    """Its memory, in megabytes."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE") / MEGABYTE


def descriptors(pid: int) -> int:
    """How many it has open."""
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


def _ancestors(pid: int, parents: dict[int, int]) -> list[int]:
    line = []
    while pid in parents:
        line.append(pid)
        pid = parents[pid]
    return line


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:  # it has ended
        return b""


def _parent(path: Path) -> int:
    try:
        return int((path / "stat").read_text().rpartition(") ")[2].split()[1])
    except OSError:
        return 0
