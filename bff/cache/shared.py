"""The second tier: a cache that several processes share. A port, with Redis or Valkey behind it, or a team's own."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol, TypeAlias

LEASE: Final = 0.5
"""Seconds that a lease lasts unless it is renewed: so long does nobody ask for what a killed process was asking for.
Half of the time that a page waits for a core section: another process can still fetch it in the other half.
"""


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to fill one address, until it expires, is released or the address is forgotten.

    After R. Nishtala et al., "Scaling Memcache at Facebook" (NSDI 2013): one process fetches while others wait, and
    what was fetched before somebody forgot the address can no longer be stored.
    """

    address: str
    token: bytes
    """Whatever the store tells leases apart by."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of asking for a lease: the lease, unless another holds it, and the value that lies there."""

    lease: Lease | None
    value: bytes | None


@dataclass(frozen=True, slots=True)
class Fill:
    """Keep the value for `ttl` seconds and let go of the lease; nothing, if the lease is gone."""

    lease: Lease
    value: bytes
    ttl: float


@dataclass(frozen=True, slots=True)
class Release:
    """Let go of the lease; another may have it."""

    lease: Lease


@dataclass(frozen=True, slots=True)
class Renew:
    """Keep the lease for its whole time again, if it is still ours."""

    lease: Lease


Change: TypeAlias = Fill | Release | Renew


class Ear(Protocol):
    """What a first tier is told, so that it never serves what others have changed or forgotten."""

    def listening(self) -> None:
        """From now on nothing is missed; before, anything may have been."""

    def forget(self, addresses: Sequence[str]) -> None:
        """These have changed, or are gone."""

    def forget_viewer(self, viewer: str) -> None:
        """So has everything of one viewer."""

    def forget_all(self) -> None:
        """So has everything."""


class SharedStore(Protocol):
    """Bytes by address, each with a time to live, and leases on addresses.

    Any exception is allowed: what fails to be read is a miss, what fails to be written is dropped. Callers bound the
    time they wait, and let an operation that is late go on: the store has to end it within a second or so.
    """

    async def get_many(self, addresses: Sequence[str]) -> Sequence[bytes | None]:
        """One value or None for each address, in order, in one round trip."""

    async def take(self, addresses: Sequence[str]) -> Sequence[Taken]:
        """Ask for the lease of each address, in order, in one round trip. Leases last for `LEASE` seconds."""

    async def write(self, changes: Sequence[Change]) -> int:
        """All of them, in one round trip; the number of fills that were kept."""

    async def forget(self, addresses: Sequence[str]) -> None:
        """Drop the values and their leases, everywhere."""

    async def forget_viewer(self, viewer: str) -> None:
        """The same for all that is kept for one viewer."""

    def at_fault(self, error: BaseException) -> bool:
        """Whether it speaks against asking this server anything, and not only against the one command."""

    async def listen(self, ear: Ear) -> None:
        """Tell the ear what others change, until the connection breaks, which raises. Silence is noticed too."""

    async def close(self) -> None:
        """Let go of connections."""
