"""Settings: read once, at start, and handed down. Nothing reaches for them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Final, TypeVar

from bff.identity import Identity
from bff.identity_problems import problems_of
from bff.page import Page
from bff.policy import Policy
from bff.settings.edge import ClientConnections, Limits, Operations, Overload, Rates, TrustedDocuments
from bff.settings.layers import Chosen, choose, unread
from bff.settings.table import settings_of
from bff.settings.values import IPNetwork
from bff.source import Source

__all__ = [
    "SETTINGS_FILE",
    "Admin",
    "Auth",
    "Log",
    "Metrics",
    "Settings",
    "SourceSettings",
    "Traces",
    "problems_for_serving",
    "read_settings",
]

Options = TypeVar("Options", bound=Any)

SETTINGS_FILE: Final = "bff.toml"
FOR_AUTH: Final = ("jwks_url", "issuer", "audience")


@dataclass(frozen=True, slots=True)
class Auth:
    """Who signs the tokens, and for whom. `cookie` is the name of one that may hold a token."""

    jwks_url: str
    issuer: str
    audience: str
    cookie: str | None = None


@dataclass(frozen=True, slots=True)
class Admin:
    """The admin listener. Without a port there is none; without a token /debug asks for none."""

    host: str
    port: int | None
    token: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Metrics:
    """Which names that clients choose are told apart."""

    enabled: bool
    operations: tuple[str, ...]
    clients: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Traces:
    """Without an endpoint there are none."""

    endpoint: str | None
    share: float
    service: str


@dataclass(frozen=True, slots=True)
class Log:
    """`healthy` is the share of healthy pages that get a line."""

    format: str
    healthy: float


@dataclass(frozen=True, slots=True)
class SourceSettings:
    """Where a source is, the policy it runs under, and who we are to it."""

    url: str | None
    policy: Policy
    identity: Identity


@dataclass(frozen=True, slots=True)
class Settings:
    """What one app runs with. Durations in seconds."""

    host: str
    port: int
    cache_url: str
    cache_memory: int
    """Bytes."""

    cache_users: int | None
    page_deadline: float
    gateway_timeout: float | None
    overload: Overload
    limits: Limits
    operations: Operations
    introspection: bool
    rates: Rates
    cors_origins: tuple[str, ...]
    compression: bool
    connections: ClientConnections
    pseudonym_key: str | None = field(repr=False)
    trusted_proxies: tuple[IPNetwork, ...]
    degraded_as: str
    workers: int
    admin: Admin
    waterfall: bool
    """Whether requests are kept for /debug/requests."""

    server_timing: bool
    metrics: Metrics
    traces: Traces
    log: Log
    auth: Auth | None
    """None unless all of it is set."""

    sources: Mapping[str, SourceSettings]
    chosen: tuple[Chosen, ...]
    """Each setting with where it came from, for `bff config`."""

    unread: tuple[str, ...]
    """Variables that look like settings and are none."""

    @property
    def cached_in_process(self) -> bool:
        """Whether there is no cache server."""
        return self.cache_url.startswith("memory:")

    def one(self, *path: str) -> Chosen:
        """The setting at that path."""
        return next(one for one in self.chosen if one.setting.path == path)

    def came_from(self, *path: str) -> str:
        """`default`, or where it was set."""
        return self.one(*path).origin


def read_settings(page: Page, environment: Mapping[str, str], file: Path | None = None) -> Settings:
    """The settings of a page. Raises `SettingsError`, which lists everything that is wrong."""
    table = settings_of(page.sources)
    chosen = choose(table, environment, file)
    value = {path: one.value for path, one in chosen.items()}
    return Settings(
        host=value["host",],
        port=value["port",],
        cache_url=value["cache_url",],
        cache_memory=value["cache_memory",],
        cache_users=value["cache_users",],
        page_deadline=value["page_deadline",],
        gateway_timeout=value["gateway_timeout",],
        overload=Overload(
            value["pages_in_flight",], value["overload", "mode"], value["overload", "unready_at"], value["drain_lead",]
        ),
        limits=_made(Limits(), "limits", value),
        operations=_made(Operations(), "documents", value),
        introspection=value["introspection",],
        rates=_made(Rates(), "rate", value),
        cors_origins=value["cors_origins",],
        compression=value["compression",],
        connections=_made(ClientConnections(), "connections", value),
        pseudonym_key=value["pseudonym_key",],
        trusted_proxies=value["trusted_proxies",],
        degraded_as=value["degraded_as",],
        workers=value["workers",],
        admin=Admin(value["admin_host",], value["admin_port",], value["admin_token",]),
        waterfall=value["waterfall",],
        server_timing=value["server_timing",],
        metrics=Metrics(value["metrics", "enabled"], value["metrics", "operations"], value["metrics", "clients"]),
        traces=Traces(value["traces", "endpoint"], value["traces", "share"], value["traces", "service"]),
        log=Log(value["log", "format"], value["log", "healthy"]),
        auth=_auth(value),
        sources={source.name: _source(source, value) for source in page.sources},
        chosen=tuple(chosen.values()),
        unread=tuple(unread(table, environment)),
    )


def settings_file_here() -> Path | None:
    """The settings file in the current folder, if there is one."""
    here = Path(SETTINGS_FILE)
    return here if here.exists() else None


def problems_for_serving(settings: Settings, *, authenticated_otherwise: bool = False) -> list[str]:
    """One sentence for each setting that serving needs and that is missing."""
    problems = [
        f"BFF_{name.upper()}__URL is not set: where is the {name} service?"
        for name, source in settings.sources.items()
        if source.url is None
    ]
    problems += _halves(settings)
    for name, source in settings.sources.items():
        problems += problems_of(name, source.identity)
    if settings.auth is not None or authenticated_otherwise:
        return problems
    *others, last = _missing_for_auth(settings)
    names = f"{', '.join(others)} and {last} are" if others else f"{last} is"
    return [*problems, f"{names} not set: who signs the users' tokens?"]


def _halves(settings: Settings) -> Iterator[str]:
    """Of what works only together, one is there and the other is not."""
    if settings.operations.trusted is not TrustedDocuments.OFF and settings.operations.manifest is None:
        yield f"BFF_DOCUMENTS__TRUSTED is {settings.operations.trusted}, and BFF_DOCUMENTS__MANIFEST is not set: which?"
    for name, source in settings.sources.items():
        key, tls = source.identity.api_key, source.identity.tls
        if (key.header is None) != (key.value is None):
            yield f"BFF_{name.upper()}__API_KEY__HEADER and …__VALUE are set together, or not at all."
        if (tls.certificate is None) != (tls.key is None):
            yield f"BFF_{name.upper()}__TLS__CERTIFICATE and …__KEY are set together, or not at all."


def _missing_for_auth(settings: Settings) -> list[str]:
    given = {one.setting.path for one in settings.chosen if one.value is not None}
    return [f"BFF_AUTH__{name.upper()}" for name in FOR_AUTH if ("auth", name) not in given]


def _source(source: type[Source], value: Mapping[tuple[str, ...], Any]) -> SourceSettings:
    own = {path[1:]: each for path, each in value.items() if path[0] == source.name}
    url = own.pop(("url",))
    options = {each.name for each in fields(Identity)}
    identity = {path: own.pop(path) for path in list(own) if path[0] in options}
    return SourceSettings(url, _changed(source.policy, own), _changed(source.identity, identity))


def _made(options: Options, name: str, value: Mapping[tuple[str, ...], Any]) -> Options:
    """The options as the settings below that name have them."""
    return _changed(options, {path[1:]: each for path, each in value.items() if path[0] == name})


def _changed(options: Options, changes: Mapping[tuple[str, ...], Any]) -> Options:
    """The options with each value in its place, also those of options further in."""
    own = {path[0]: value for path, value in changes.items() if len(path) == 1}
    for name in {path[0] for path in changes if len(path) > 1}:
        further_in = {path[1:]: value for path, value in changes.items() if path[0] == name}
        own[name] = _changed(getattr(options, name), further_in)
    return replace(options, **own)


def _auth(value: Mapping[tuple[str, ...], Any]) -> Auth | None:
    jwks_url, issuer, audience = (value["auth", name] for name in FOR_AUTH)
    return Auth(jwks_url, issuer, audience, value["auth", "cookie"]) if jwks_url and issuer and audience else None
