"""Who stands before us, and for whom."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Final

from bff.settings.values import IPNetwork

IPAddress = IPv4Address | IPv6Address

FORWARDED_FOR: Final = "x-forwarded-for"
MOST_HOPS: Final = 20


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

        None where nobody knows: over a unix socket, or through a proxy that is not trusted and shows itself.
        """
        address = _read(peer)
        if address is None:
            return None
        told = headers.get(FORWARDED_FOR)
        if not self._knows(address):
            return None if told is not None or "forwarded" in headers else str(address)
        for hop in reversed((told or "").split(",")[-MOST_HOPS:]):
            before = _read(hop.strip())
            if before is None:
                return None
            if not self._knows(before):
                return str(before)
        return None

    def _knows(self, address: IPAddress) -> bool:
        return any(address in network for network in self.trusted)


def _read(text: str | None) -> IPAddress | None:
    """An IPv4 address that came over an IPv6 socket is one all the same."""
    try:
        address = ip_address(text or "")
    except ValueError:  # a unix socket, or a server that names no address
        return None
    return getattr(address, "ipv4_mapped", None) or address
