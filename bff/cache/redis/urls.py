"""Which servers a URL names, and how they let us in."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Final, Self, TypeAlias
from urllib.parse import parse_qsl, unquote

Place: TypeAlias = tuple[str, int] | str
"""A host and its port, or the path of a unix socket."""


class Kind(Enum):
    """Who decides which server is asked."""

    ONE = "one server"
    SENTINEL = "Sentinels"
    CLUSTER = "a cluster"


@dataclass(frozen=True, slots=True)
class Access:
    """What one server of them is told before it answers. Without TLS, `tls` is None."""

    username: str | None = None
    password: str | None = field(default=None, repr=False)
    db: int = 0
    tls: Mapping[str, str] | None = None


SCHEMES: Final = {
    "redis": Kind.ONE,
    "rediss": Kind.ONE,
    "unix": Kind.ONE,
    "redis+sentinel": Kind.SENTINEL,
    "rediss+sentinel": Kind.SENTINEL,
    "redis+cluster": Kind.CLUSTER,
    "rediss+cluster": Kind.CLUSTER,
}
TLS_OPTIONS: Final = frozenset({"ssl_ca_certs", "ssl_certfile", "ssl_keyfile"})

_PORTS: Final = {Kind.ONE: 6379, Kind.SENTINEL: 26379, Kind.CLUSTER: 6379}
_HOST: Final = re.compile(r"(\[[0-9a-fA-F:.]+\]|[^\s\[\]:]+)(?::(\d{1,5}))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class RedisUrl:
    """Where to begin to ask, and with Sentinels the name of the master they watch."""

    kind: Kind
    places: tuple[Place, ...]
    access: Access
    master: str = ""

    @classmethod
    def parse(cls, url: str) -> Self:
        """Raises `ValueError` with what is wrong, which quotes no password."""
        scheme, _, rest = url.partition("://")
        kind = SCHEMES.get(scheme)
        if kind is None:
            raise ValueError(f"it has to begin with one of {', '.join(f'{each}://' for each in SCHEMES)}")
        rest, _, query = rest.partition("?")
        before, _, path = rest.partition("/")
        login, _, hosts = before.rpartition("@")
        username, _, password = (unquote(part) for part in login.partition(":"))
        options = _options(query, with_tls=scheme.startswith("rediss"))
        db = options.pop("db", "")
        master = ""
        if scheme == "unix":
            places: tuple[Place, ...] = (_socket(hosts, path),)
        else:
            places = tuple(_place(host, _PORTS[kind]) for host in hosts.split(","))
            if kind is Kind.SENTINEL:
                master, _, path = path.partition("/")
            db = path or db
        _check(kind, places, master, db)
        tls = options if scheme.startswith("rediss") else None
        return cls(kind, places, Access(username or None, password or None, int(db or 0), tls), unquote(master))


def _options(query: str, *, with_tls: bool) -> dict[str, str]:
    options = dict(parse_qsl(query, keep_blank_values=True))
    known = {"db"} | (TLS_OPTIONS if with_tls else frozenset())
    if not with_tls and options.keys() & TLS_OPTIONS:
        raise ValueError("certificates are for TLS: begin it with rediss://")
    if unknown := options.keys() - known:
        raise ValueError(f"it may have the options {', '.join(sorted(known))}, and not {', '.join(sorted(unknown))}")
    return options


def _socket(host: str, path: str) -> Place:
    if host or not path:
        raise ValueError("a unix socket needs its whole path, as in unix:///run/valkey.sock")
    return unquote(f"/{path}")


def _place(given: str, port: int) -> Place:
    found = _HOST.fullmatch(given)
    if found is None or not 0 < int(found[2] or port) < 65_536:
        raise ValueError("a host, and perhaps a port from 1 to 65535, has to follow, as in redis://cache.internal:6379")
    return found[1].strip("[]"), int(found[2] or port)


def _check(kind: Kind, places: tuple[Place, ...], master: str, db: str) -> None:
    if kind is Kind.ONE and len(places) > 1:
        raise ValueError("several hosts need Sentinels (redis+sentinel://) or a cluster (redis+cluster://)")
    if kind is Kind.SENTINEL and not master:
        raise ValueError("the name of the master has to follow, as in redis+sentinel://one:26379,two:26379/mymaster")
    if db and not re.fullmatch(r"\d{1,4}", db, re.ASCII):
        raise ValueError("what stands behind the last slash is the number of a database; in a password write %2F")
    if kind is Kind.CLUSTER and int(db or 0):
        raise ValueError("a cluster has no database but 0")
