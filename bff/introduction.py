"""How we introduce ourselves to one upstream, made once from its identity."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Final, Self

from bff.distrust.links import ANYWHERE, LinkHosts
from bff.identity import Identity, Tls
from bff.pseudonyms import Pseudonyms

ACCEPT: Final[Mapping[str, str]] = {"accept": "application/json"}

LONGEST_FORWARDED: Final = 1_000
"""Characters of a forwarded header: a longer one is not forwarded, nor one that is not plain printable ASCII."""


@dataclass(frozen=True, slots=True)
class Introduction:
    """By default of somebody in the house."""

    headers: Mapping[str, str] = field(default_factory=lambda: ACCEPT, repr=False)
    """The same in every request; our credentials are among them."""

    pseudonyms: Pseudonyms | None = None
    """None: it knows our users by their ids."""

    traced: bool = True
    forwards: tuple[str, ...] = ()
    tls: Tls | None = None
    link_hosts: LinkHosts = ANYWHERE

    @classmethod
    def of(cls, source: str, identity: Identity, pseudonym_key: str) -> Self:
        """To the source of that name."""
        return cls(
            headers={**ACCEPT, **_credentials(identity)},
            pseudonyms=Pseudonyms(pseudonym_key, source) if identity.external else None,
            traced=not identity.external if identity.trace is None else identity.trace,
            forwards=identity.forwards,
            tls=identity.tls if identity.tls != Tls() else None,
            link_hosts=LinkHosts.of(identity.link_hosts),
        )

    def user(self, user_id: str) -> str:
        """By what name it knows a user."""
        return self.pseudonyms.user(user_id) if self.pseudonyms else user_id

    def request(self, request_id: str) -> str:
        """By what name it knows a request."""
        return self.pseudonyms.request(request_id) if self.pseudonyms else request_id

    def forwarded(self, inbound: Mapping[str, str]) -> dict[str, str]:
        """What it gets of those inbound headers."""
        return {name: inbound[name] for name in self.forwards if name in inbound}

    def variant(self, inbound: Mapping[str, str]) -> str:
        """The end of an answer's address in the cache: what was forwarded may have changed the answer."""
        forwarded = self.forwarded(inbound) if self.forwards else None
        if not forwarded:
            return ""
        told = "\0".join(f"{name}\0{value}" for name, value in forwarded.items())
        return f":{blake2b(told.encode(), digest_size=16).hexdigest()}"


def may_be_forwarded(names: tuple[str, ...], inbound: Mapping[str, str]) -> Mapping[str, str]:
    """The values of those headers, as far as there are any that can be sent on."""
    found = ((name, inbound.get(name, "")) for name in names)
    return {name: value for name, value in found if 0 < len(value) <= LONGEST_FORWARDED and _is_plain(value)}


def _is_plain(value: str) -> bool:
    return value.isascii() and value.isprintable()


def _credentials(identity: Identity) -> Mapping[str, str]:
    credentials = {}
    if identity.bearer is not None:
        credentials["authorization"] = f"Bearer {identity.bearer}"
    if identity.api_key.header is not None and identity.api_key.value is not None:
        credentials[identity.api_key.header] = identity.api_key.value
    return credentials
