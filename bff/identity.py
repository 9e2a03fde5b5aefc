"""Who we are to an upstream: what it is told of us and of our users, and how we prove it."""

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """A secret in a header of the upstream's choice. None of it unless both are set."""

    header: str | None = None
    value: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tls:
    """Files in PEM: our certificate and its key, where the upstream wants one; who signs the upstream's own, where the
    system does not know. They are read at start.
    """

    certificate: Path | None = None
    key: Path | None = None
    ca: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What one source declares; settings may change each of it."""

    external: bool = False
    """Somebody else's service: it gets no id of ours, of users or of requests, but pseudonyms."""

    trace: bool | None = None
    """Whether it gets the trace context; None: if it is internal."""

    forwards: tuple[str, ...] = ()
    """Names of the inbound headers that it gets as they came. What they say is part of where an answer is cached."""

    link_hosts: tuple[str, ...] = ()
    """Where its links may lead, by `https` alone: names of hosts, `*.example.com` for all below, `*` for any; by
    default nowhere.
    """

    bearer: str | None = field(default=None, repr=False)
    api_key: ApiKey = ApiKey()
    tls: Tls = Tls()
