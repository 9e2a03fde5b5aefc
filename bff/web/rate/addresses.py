"""Whom an address is counted as."""

from ipaddress import IPv4Address, IPv6Address, IPv6Network
from typing import Final

SITE: Final = 64
"""Bits of an IPv6 address that are given to its owner, who chooses the others: a new address for each request."""

FROM_IPV4: Final = IPv6Network("64:ff9b::/96")
"""Where a gateway writes IPv4 clients (RFC 6052): the internet in one prefix."""


def counted_as(client: str) -> str:
    """An IPv4 address is one, an IPv6 address the network it is in."""
    if ":" not in client:
        return client
    address = IPv6Address(client)
    if address in FROM_IPV4:
        return str(IPv4Address(int(address) & 0xFFFF_FFFF))
    return f"{int(address) >> SITE:x}::"
