"""How long a page may take, where whoever asks has less time than we."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Final

from bff.settings.values import IPNetwork

HEADERS: Final = ("x-deadline-ms", "x-envoy-expected-rq-timeout-ms")
MILLISECONDS: Final = re.compile(r"\d{1,9}", re.ASCII)

WAY_BACK: Final = 0.05
"""Seconds of an inbound budget that are kept for making the answer and bringing it there."""


@dataclass(frozen=True, slots=True)
class PageBudget:
    """The page's deadline, and what a trusted proxy may shorten it to."""

    page_deadline: float
    trusted_proxies: Sequence[IPNetwork]

    def seconds(self, headers: Mapping[str, str], peer: str | None) -> float:
        """For a request with these headers, over a connection from this address. What cannot be read is ignored."""
        told = [headers[name] for name in HEADERS if name in headers]
        if not told or not self._trusts(peer):
            return self.page_deadline
        budgets = [int(text) / 1000 - WAY_BACK for text in told if MILLISECONDS.fullmatch(text)]
        return max(0.0, min([self.page_deadline, *budgets]))

    def _trusts(self, peer: str | None) -> bool:
        if not self.trusted_proxies or peer is None:
            return False
        try:
            address = _plain(ip_address(peer))
        except ValueError:  # a unix socket, or a server that names no address
            return False
        return any(address in network for network in self.trusted_proxies)


def _plain(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """An IPv4 address that came over an IPv6 socket, as IPv4."""
    return getattr(address, "ipv4_mapped", None) or address
