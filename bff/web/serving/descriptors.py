"""How many connections the operating system grants."""

import contextlib
import resource
from typing import Final

RESERVE: Final = 512
"""Descriptors for upstreams, the cache server, the log and files."""


def connections_granted() -> int:
    """As many as leave the reserve free, or half where there is little. Raises the soft limit to the hard one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(ValueError, OSError):  # macOS takes no infinity
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        soft = hard
    if soft == resource.RLIM_INFINITY:
        return 1_000_000
    return max(soft - RESERVE, soft // 2)
