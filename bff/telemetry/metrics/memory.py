"""How much memory this process has."""

import os
from pathlib import Path
from typing import Final

_PAGES: Final = Path("/proc/self/statm")
_PAGE: Final = os.sysconf("SC_PAGE_SIZE")


def resident() -> int | None:
    """Bytes; None where the system does not tell."""
    try:
        return int(_PAGES.read_text().split()[1]) * _PAGE
    except FileNotFoundError:
        return None
