"""Telling an upstream what to do, from another process: a line of JSON each way on a Unix socket."""

import os
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import orjson

MAX_PATH: Final = 103  # bytes, on macOS; 107 on Linux
MAX_LINE: Final = 65_536
PATIENCE: Final = 5.0


class ControlError(Exception):
    """An upstream that cannot be told, or does not do what it is told; the message says why."""


def ask(path: str | Path, message: Mapping[str, Any], timeout: float = PATIENCE) -> dict[str, Any]:
    """Tell the upstream at `path` one thing, and return what it says. Raises `ControlError`.

    The things: `{"do": "break", "fault": "slow 2s"}`, `{"do": "mend"}`, `{"do": "stats"}`, `{"do": "stop"}`.
    """
    try:
        reply = orjson.loads(_exchange(check_path(path), orjson.dumps(message) + b"\n", timeout))
    except TimeoutError:
        raise ControlError(f"The upstream at {path} does not answer within {timeout:g} s: restart it.") from None
    except (OSError, orjson.JSONDecodeError) as problem:
        reason = getattr(problem, "strerror", None) or "it hung up"
        raise ControlError(f"No upstream answers at {path} ({reason}): start it first.") from None
    if "error" in reply:
        raise ControlError(reply["error"])
    return dict(reply)


def check_path(path: str | Path) -> str:
    """The path, short enough for a Unix socket. Raises `ControlError`."""
    length = len(os.fsencode(path))
    if length > MAX_PATH:
        raise ControlError(
            f"{path} is {length} bytes long and a socket's path may have {MAX_PATH}: choose a shorter one."
        )
    return str(path)


def _exchange(path: str, line: bytes, timeout: float) -> bytes:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(timeout)
        connection.connect(path)
        connection.sendall(line)
        with connection.makefile("rb") as lines:
            return lines.readline(MAX_LINE)
