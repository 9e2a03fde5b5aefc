"""Both tiers as one: what is near is looked at first, and believed only while nothing can have changed it unheard."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bff.cache.entry import Entry
from bff.cache.filled import Filled, Missed
from bff.cache.first_tier import FirstTier, Watch
from bff.cache.hearing import Hearing
from bff.cache.outcome import Fetched
from bff.cache.patience import Patience
from bff.cache.second_tier import SecondTier
from bff.cache.shared import Fill, Lease
from bff.cache.terms import Terms

Entries = Mapping[str, Entry[Any]]


@dataclass(frozen=True, slots=True)
class Found:
    """What was there, and how much of it in this process."""

    entries: Entries
    near: int
    missed: Missed = Missed()  # noqa: RUF009 - frozen


class Tiers:
    """The first tier, and the second where there is one."""

    def __init__(self, first: FirstTier, second: SecondTier | None, hearing: Hearing, filled: Filled) -> None:
        self._first = first
        self._filled = filled
        self._second = second
        self._hearing = hearing

    async def look_up(self, addresses: Sequence[str], terms: Terms, now: float, patience: Patience) -> Found:
        """The entries that may be served: of two, the younger. What is fresh here is not asked for elsewhere."""
        near = self._near(addresses, terms, now)
        further = [each for each in addresses if each not in near or not near[each].is_fresh(now)]
        if self._second is None or not further:
            return Found(near, len(near))
        watch = self._first.watch(further)
        try:
            found = await self._second.get_many(further, patience)
            missed = self._missed(found, further)
            far = {address: self._taken_over(address, found.get(address), terms, now, watch) for address in further}
        finally:
            self._first.unwatch(watch)
        younger = {a: e for a, e in far.items() if e is not None and (a not in near or e.age(now) < near[a].age(now))}
        return Found({**near, **younger}, len(near.keys() - younger.keys()), missed)

    def watch(self, addresses: Sequence[str]) -> Watch:
        """From before they are fetched, until `unwatch`."""
        return self._first.watch(addresses)

    def unwatch(self, watch: Watch) -> None:
        """They are kept, or never came."""
        self._first.unwatch(watch)

    def keep(self, address: str, fetched: Fetched[Any], terms: Terms, watch: Watch, lease: Lease | None) -> int:
        """Keep what was fetched: here at once, and for others soon, where it was fetched under a lease.

        Returns its size in bytes.
        """
        packed = terms.packed(fetched)
        ttl = max(terms.ttl, terms.stale)
        if self._trusted:
            self._first.keep(address, packed, ttl, watch)
        if self._second is not None and lease is not None:
            self._second.write(Fill(lease, packed, ttl))
            self._filled.keep(address, ttl)
        return len(packed)

    def _missed(self, found: Mapping[str, bytes | None], asked: Sequence[str]) -> Missed:
        absent = [address for address, packed in found.items() if packed is None]
        return self._filled.missed(absent, len(asked) - len(found))

    @property
    def _trusted(self) -> bool:
        """Whether the first tier may be believed: it hears of every change, or there is nowhere else to look."""
        return self._second is None or self._hearing.whole or not self._second.reachable

    def _near(self, addresses: Sequence[str], terms: Terms, now: float) -> dict[str, Entry[Any]]:
        if not self._trusted:
            return {}
        found = {address: terms.unpacked(self._first.get(address), now) for address in addresses}
        return {address: entry for address, entry in found.items() if entry is not None}

    def _taken_over(
        self, address: str, packed: bytes | None, terms: Terms, now: float, watch: Watch
    ) -> Entry[Any] | None:
        entry = terms.unpacked(packed, now)
        if packed is not None and entry is not None and self._trusted:
            self._first.keep(address, packed, terms.left(entry, now), watch)
        return entry
