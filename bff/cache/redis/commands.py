"""What the store says to servers, and what their replies mean."""

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from bff.cache.address import root_of
from bff.cache.envelope import GENERATION, seal, unseal
from bff.cache.redis.keys import CHANNEL, generation_of, lease_of, with_leases
from bff.cache.redis.scripts import FILL, FORGET, RELEASE, RENEW, TAKE, run
from bff.cache.redis.servers import Command
from bff.cache.shared import LEASE, Change, Fill, Lease, Release, Renew, Taken

NONCE: Final = 8
"""Bytes."""

ANOTHER: Final = "the reply to another command"


def look_up(keys: Sequence[str]) -> Command:
    """What lies under all of them; nothing where it is of another type."""
    return Command(keys[0], ("MGET", *keys))


def looked_up(keys: Sequence[str], reply: Any) -> dict[str, Any]:
    """What lies there, by key. Raises where it is the reply to another command."""
    if not isinstance(reply, list):
        raise ValueError(ANOTHER)
    return dict(zip(keys, reply, strict=True))


def opened(address: str, generation: object, sealed: object) -> bytes | None:
    """The value, if it is of this address in this generation."""
    if not isinstance(generation, bytes) or len(generation) != GENERATION:
        return None
    return unseal(address, generation, sealed)


def take(root: str, addresses: Sequence[str], made: bytes, keeps: float, nonce: bytes) -> Command:
    """Ask for the leases of one viewer's addresses. The generation `made` is for one that has none."""
    return Command(root, run(TAKE, [generation_of(root), *with_leases(addresses)], made, _ms(keeps), nonce, _ms(LEASE)))


def taken(addresses: Sequence[str], nonce: bytes, reply: Any) -> list[Taken]:
    """What came of it. Raises where it is the reply to another command."""
    generation, *found = reply
    each = []
    for address, value, ours in zip(addresses, found[::2], found[1::2], strict=True):
        if ours[:NONCE] != nonce:
            raise ValueError(ANOTHER)
        lease = Lease(address, generation + nonce) if ours[NONCE:] == b"1" else None
        each.append(Taken(lease, opened(address, generation, value)))
    return each


def change(wanted: Change, keeps: float) -> Command:
    """Do what is wanted, if the lease is still ours; of a fill, the viewer's generation lasts as long as `keeps`."""
    address, token = wanted.lease.address, wanted.lease.token
    lease = lease_of(address)
    match wanted:
        case Fill(_, value, ttl):
            sealed = seal(address, token[:GENERATION], value)
            words = run(FILL, [generation_of(root_of(address)), address, lease], token, sealed, _ms(ttl), _ms(keeps))
        case Release():
            words = run(RELEASE, [lease], token)
        case Renew():
            words = run(RENEW, [lease], token, _ms(LEASE))
    return Command(address, words)


def forget(names: Sequence[str], keys: Sequence[str]) -> Command:
    """Drop the keys, and say so by these names."""
    return Command(keys[0], run(FORGET, keys, CHANNEL, msgspec.json.encode(names)))


def _ms(seconds: float) -> int:
    return max(1, int(seconds * 1000))
