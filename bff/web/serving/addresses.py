"""What is said when everything serves."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the page is, where the admin listener is, and how many processes there are."""

    page: str
    admin: str | None
    workers: int = 1


Announce = Callable[[Addresses], None]
