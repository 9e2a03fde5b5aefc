"""From the text of a setting to its value. Each raises `ValueError` with what it expected."""

import re
from typing import Final
from urllib.parse import urlsplit

_DURATION: Final = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s|m|h|)")
_UNITS: Final = {"ms": 0.001, "s": 1.0, "": 1.0, "m": 60.0, "h": 3600.0}
CACHE_SCHEMES: Final = ("redis", "rediss", "unix", "memory")


def text(given: str) -> str:
    """Anything but nothing."""
    if not given.strip():
        raise ValueError("some text")
    return given.strip()


def duration(given: str) -> float:
    """Seconds."""
    found = _DURATION.fullmatch(given.strip().lower())
    if found is None:
        raise ValueError("a duration such as 300ms, 2s, 1h, or seconds")
    return float(found[1]) * _UNITS[found[2]]


def positive_duration(given: str) -> float:
    """Seconds, more than none."""
    seconds = duration(given)
    if seconds <= 0:
        raise ValueError("a duration above zero such as 300ms, 2s, or seconds")
    return seconds


def port(given: str) -> int:
    """A TCP port; 0 lets the system choose."""
    if not given.strip().isdecimal() or int(given) > 65_535:
        raise ValueError(
            "a port from 0 to 65535 (Kubernetes sets BFF_PORT to an address for a service named bff: "
            "set enableServiceLinks: false)"
            if "://" in given
            else "a port from 0 to 65535"
        )
    return int(given)


def http_url(given: str) -> str:
    """A base URL, a path prefix allowed, without the slash at its end."""
    if not _is_base_url(given.strip()):
        raise ValueError("a URL such as https://users.internal/api, without query or fragment")
    return given.strip().rstrip("/")


def _is_base_url(given: str) -> bool:
    try:
        parts = urlsplit(given)
        reachable = bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and reachable and not parts.query and not parts.fragment


def cache_url(given: str) -> str:
    """Where the cache is."""
    if urlsplit(given.strip()).scheme not in CACHE_SCHEMES:
        schemes = ", ".join(f"{scheme}://" for scheme in CACHE_SCHEMES)
        raise ValueError(f"a URL that begins with one of {schemes}")
    return given.strip()


def degraded_as(given: str) -> str:
    """How a section that is null for a fault is told."""
    if given.strip() not in ("extensions", "errors"):
        raise ValueError("`extensions` or `errors`")
    return given.strip()
