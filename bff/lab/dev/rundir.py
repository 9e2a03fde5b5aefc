"""Where a running `bff dev` keeps its sockets and its state for other terminals: <tmp>/bff-dev-<uid>/<port>/

The directory is locked for as long as its owner lives. The lock goes with the process, so what a killed one
left behind is never taken for a live one.
"""

import contextlib
import fcntl
import json
import os
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from bff.lab.dev.errors import AlreadyRunning, DevError, NotRunning
from bff.lab.upstreams.control import MAX_PATH

STATE = "state.json"
ANOTHER_PORT = "BFF_PORT=8080 make run"
ROOM_FOR_NAME = 33  # what `/8000/recommendations.control` and longer names need below the root
LOCK_PATIENCE = 0.25  # seconds: a reader that looks whether the owner lives holds the lock for microseconds


@dataclass(frozen=True, slots=True)
class UpstreamState:
    """`control` is the path of its control socket; None for an upstream that is not simulated."""

    url: str
    control: str | None


@dataclass(frozen=True, slots=True)
class DevState:
    """What a running `bff dev` tells: its process, its page, its upstreams by name, its cache, its admin listener."""

    pid: int
    url: str
    upstreams: Mapping[str, UpstreamState]
    cache_url: str
    admin_url: str | None = None

    @property
    def simulated(self) -> list[str]:
        """The names of the upstreams that `bff dev break` reaches."""
        return [name for name, upstream in self.upstreams.items() if upstream.control]


@contextlib.contextmanager
def claim(port: int) -> Iterator[Path]:
    """The empty run directory of this port, ours until the block ends, and gone then.

    Raises AlreadyRunning if its owner lives, DevError if the place is not private.
    """
    path = _path(port)
    _make_private(path.parent)
    lock = _lock(path, port)
    try:
        _empty(path)
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)
        os.close(lock)


def publish(directory: Path, state: DevState) -> None:
    """Tell other terminals, all at once: a reader sees the whole state or none."""
    unfinished = directory / f"{STATE}.new"
    unfinished.write_text(json.dumps(asdict(state), indent=2))
    unfinished.rename(directory / STATE)


def find(port: int) -> tuple[Path, DevState]:
    """The run directory and state of the `bff dev` that lives on this port. Raises NotRunning."""
    path = _path(port)
    if _is_owned(path):
        with contextlib.suppress(FileNotFoundError):
            return path, _read(path / STATE)
        raise NotRunning(f"bff dev on port {port} is still starting: try again when it shows its address")
    raise NotRunning(f"no bff dev is running on port {port}: start it with `make run`, or give its `--port`")


def socket_path(directory: Path, name: str) -> str:
    """Where a socket of this name belongs. Raises DevError if its path would be too long for a socket."""
    path = directory / name
    if len(os.fsencode(path)) > MAX_PATH:
        raise DevError(
            f"{path} is too long for a socket's path, which may have {MAX_PATH} bytes: "
            "set TMPDIR to a shorter one, or give the source a shorter name"
        )
    return str(path)


def _path(port: int) -> Path:
    root = Path(tempfile.gettempdir()) / f"bff-dev-{os.getuid()}"
    if len(os.fsencode(root)) > MAX_PATH - ROOM_FOR_NAME:
        root = Path("/tmp") / root.name  # noqa: S108 - private and checked, see `_make_private`
    return root / str(port)


def _make_private(directory: Path) -> None:
    with contextlib.suppress(FileExistsError):
        directory.mkdir(mode=0o700)
    found = directory.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
        raise DevError(
            f"{directory} must be a directory that is yours and closed to others (mode 700), and is not: "
            "remove it, or set TMPDIR to another place"
        )


def _lock(path: Path, port: int) -> int:
    deadline = time.monotonic() + LOCK_PATIENCE
    while (lock := _try_lock(path)) is None:
        if time.monotonic() > deadline:
            raise AlreadyRunning(_who_runs(path, port))
        time.sleep(0.01)
    return lock


def _try_lock(path: Path) -> int | None:
    _make_private(path)
    lock = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    with contextlib.suppress(BlockingIOError, FileNotFoundError):
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if path.stat().st_ino == os.fstat(lock).st_ino:  # else its last owner has removed it meanwhile
            return lock
    os.close(lock)
    return None


def _is_owned(path: Path) -> bool:
    try:
        lock = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError:
        return False
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(lock)
    return False


def _who_runs(path: Path, port: int) -> str:
    try:
        state = _read(path / STATE)
    except FileNotFoundError:
        return f"another bff dev is starting on port {port}: wait, or choose another port, {ANOTHER_PORT}"
    return (
        f"bff dev already runs on {state.url} (process {state.pid}): use it, "
        f"stop it with Ctrl-C or `kill {state.pid}`, or choose another port, {ANOTHER_PORT}"
    )


def _read(path: Path) -> DevState:
    told = json.loads(path.read_text())
    upstreams = {name: UpstreamState(**upstream) for name, upstream in told.pop("upstreams").items()}
    return DevState(**told, upstreams=upstreams)


def _empty(directory: Path) -> None:
    for entry in directory.iterdir():
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()
