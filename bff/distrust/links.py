"""Where links may lead. What a browser would make of an odd one is not guessed at: an odd one leads nowhere."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Self

_LABEL: Final = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"

HTTPS: Final = re.compile(
    rf"https://(?P<host>(?:{_LABEL}\.)*{_LABEL})(?::443)?"  # no user, no other port
    r"(?:[/?#][!#$%&'()*+,\-./0-9:;=?@A-Z\[\]_a-z{|}~]*)?"  # no space, no quote, no backslash, nothing beyond ASCII
)
NUMBER: Final = re.compile(r"\d+|0[xX][0-9A-Fa-f]*")
"""A host whose last label is one is read as an address, in whichever notation."""

PICTURE: Final = re.compile(
    r"data:image/(?:png|jpeg|gif|webp|avif|svg\+xml)(?:;[a-z0-9=-]{1,40}){0,4},[ !#-;=?-\[\]-_a-~]*"
)
"""Held in the URL itself. Where a picture is shown no script in it runs, and without a quote it ends no attribute."""


@dataclass(frozen=True, slots=True)
class LinkHosts:
    """The hosts that are allowed."""

    exactly: frozenset[str] = frozenset()
    below: tuple[str, ...] = ()
    any: bool = False

    @classmethod
    def of(cls, names: Iterable[str]) -> Self:
        """By names as `Identity.link_hosts` has them."""
        listed = [name.lower() for name in names]
        return cls(
            exactly=frozenset(name for name in listed if "*" not in name),
            below=tuple(name[1:] for name in listed if name.startswith("*.")),
            any="*" in listed,
        )

    def lead_to(self, url: str) -> bool:
        """Whether a link may be shown."""
        found = HTTPS.fullmatch(url)
        if found is None:
            return False
        host = found["host"].lower()
        if NUMBER.fullmatch(host.rpartition(".")[2]):
            return False
        return host in self.exactly or (self.any and "." in host) or host.endswith(self.below)

    def show(self, url: str) -> bool:
        """Whether a picture may be shown."""
        return self.lead_to(url) or PICTURE.fullmatch(url) is not None


ANYWHERE: Final = LinkHosts(any=True)
