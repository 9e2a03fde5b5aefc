"""Who stands before us, and for whom."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Final

from bff.settings.values import IPNetwork
from bff.web.header_lines import header_lines

IPAddress = IPv4Address | IPv6Address

FORWARDED_FOR: Final = "x-forwarded-for"
OF_PROXIES: Final = (FORWARDED_FOR, "forwarded", "via")
MOST_HOPS: Final = 20

_WITH_PORT: Final = re.compile(r"\[([^\[\]]*)\](?::\d{1,5})?|([\d.]+):\d{1,5}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Proxies:
    """Those whose word counts."""

    trusted: Sequence[IPNetwork]

    def trusts(self, peer: str | None) -> bool:
        """Whether a connection comes from one of them."""
        address = _read(peer)
        return address is not None and self._knows(address)

    def client(self, headers: Mapping[str, str], peer: str | None) -> str | None:
        """The address of whoever asks: the last that a trusted proxy has seen and that is none itself.

        What stands before it in the list the client may have made up, and so are other headers than
        `x-forwarded-for`, which a proxy that adds to this one passes on unread.

        None where nobody knows: over a unix socket, through proxies alone, or through one that shows itself, is not
        trusted and stands in a private network: everybody who comes through it would be counted as one. Whoever comes
        from the internet does not get around being counted by such a header.
        """
        address = _read(peer)
        if address is None:
            return None
        if not self._knows(address):
            is_proxy = not address.is_global and any(name in headers for name in OF_PROXIES)
            return None if is_proxy else str(address)
        told = ",".join(header_lines(headers, FORWARDED_FOR))
        for hop in reversed(told.rsplit(",", MOST_HOPS)[-MOST_HOPS:]):
            before = _read(_without_port(hop.strip()))
            if before is None:
                return None
            if not self._knows(before):
                return str(before)
        return None

    def _knows(self, address: IPAddress) -> bool:
        return any(address in network for network in self.trusted)


def _without_port(hop: str) -> str:
    """Some proxies write `192.0.2.1:5678`, and `[2001:db8::1]:80`."""
    found = _WITH_PORT.fullmatch(hop)
    return (found[1] or found[2] or "") if found else hop


def _read(text: str | None) -> IPAddress | None:
    """An IPv4 address that came over an IPv6 socket is one all the same; the interface it came by is no part of it."""
    try:
        address = ip_address((text or "").partition("%")[0])
    except ValueError:  # a unix socket, or a server that names no address
        return None
    return getattr(address, "ipv4_mapped", None) or address
