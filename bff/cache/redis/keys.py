"""What lies where: beside a viewer's values their generation and leases, whose changes are nobody else's business."""

from collections.abc import Iterable, Sequence
from typing import Final

from bff.cache.address import PREFIX, root_of

LEASES: Final = "bff:lease:"
GENERATIONS: Final = "bff:generation:"

CHANNEL: Final = f"{PREFIX}forgotten"
"""Where is said what is forgotten. Tracking is silent about what the server never had, and first tiers may have."""


def by_root(addresses: Iterable[str]) -> dict[str, list[str]]:
    """The addresses of each viewer, each once."""
    found: dict[str, list[str]] = {}
    for address in dict.fromkeys(addresses):
        found.setdefault(root_of(address), []).append(address)
    return found


def generation_of(root: str) -> str:
    """On the same node of a cluster as all of that viewer's."""
    return GENERATIONS + root.removeprefix(PREFIX)


def lease_of(address: str) -> str:
    """On the same node of a cluster."""
    return LEASES + address.removeprefix(PREFIX)


def with_leases(addresses: Sequence[str]) -> list[str]:
    """Each address, its lease after it."""
    return [key for address in addresses for key in (address, lease_of(address))]
