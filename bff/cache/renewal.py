"""Holding leases for as long as a fetch takes."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Final

from bff.cache.second_tier import SecondTier
from bff.cache.shared import LEASE, Lease, Release, Renew

RENEW_EVERY: Final = LEASE / 4
"""Seconds: two renewals may be lost."""


@contextmanager
def held(leases: Sequence[Lease], second: SecondTier) -> Iterator[dict[str, Lease]]:
    """The leases by address, renewed while the body runs. What it leaves among them is let go of in the end."""
    ours = {lease.address: lease for lease in leases}
    renewal = _Renewal(ours, second)
    try:
        yield ours
    finally:
        renewal.end()
        for lease in ours.values():
            second.write(Release(lease))


class _Renewal:
    """Of whatever is still among the leases."""

    def __init__(self, leases: Mapping[str, Lease], second: SecondTier) -> None:
        self._leases = leases
        self._second = second
        self._loop = asyncio.get_running_loop()
        self._next = self._loop.call_later(RENEW_EVERY, self._renew)

    def end(self) -> None:
        self._next.cancel()

    def _renew(self) -> None:
        for lease in self._leases.values():
            self._second.write(Renew(lease))
        self._next = self._loop.call_later(RENEW_EVERY, self._renew)
