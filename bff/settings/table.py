"""Every setting there is: name, meaning, default, and how its text is read."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from bff.cache.first_tier import DEFAULT_MAX_BYTES
from bff.errors import DeclarationError
from bff.identity import Identity
from bff.resilience.mode import Mode
from bff.settings import values
from bff.settings.edge import ClientConnections, Limits, Rate, TrustedDocuments
from bff.source import Source


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting. `path` is its place in `bff.toml`, and its environment variable but for case and joints."""

    path: tuple[str, ...]
    meaning: str
    parse: Callable[[str], Any]
    default: Any = None
    show: Callable[[Any], str] = str
    secret: bool = False

    @property
    def variable(self) -> str:
        """The environment variable: `BFF_RECOMMENDATIONS__DEADLINE`."""
        return "BFF_" + "__".join(step.upper() for step in self.path)

    @property
    def option(self) -> str:
        """The same without whose it is: `DEADLINE`; nothing where it is nobody's."""
        return "__".join(step.upper() for step in self.path[1:])


def settings_of(sources: Sequence[type[Source]]) -> tuple[Setting, ...]:
    """The settings of a page with these sources. Raises `DeclarationError` for a source named like a setting."""
    taken = {setting.path[0] for setting in _SERVER}
    for source in sources:
        if source.name in taken:
            raise DeclarationError(f"{source.__name__}: its name {source.name!r} is that of a setting: choose another")
    return (*_SERVER, *(setting for source in sources for setting in _source(source)))


def _duration(path: tuple[str, ...], meaning: str, default: float) -> Setting:
    return Setting(path, meaning, values.duration, default, values.shown_duration)


def _positive_duration(path: tuple[str, ...], meaning: str, default: float) -> Setting:
    return Setting(path, meaning, values.positive_duration, default, values.shown_duration)


def _count(path: tuple[str, ...], meaning: str, default: int) -> Setting:
    return Setting(path, meaning, values.count, default)


def _share(path: tuple[str, ...], meaning: str, default: float) -> Setting:
    return Setting(path, meaning, values.share, default, values.shown_share)


def _switch(path: tuple[str, ...], meaning: str, default: bool) -> Setting:
    return Setting(path, meaning, values.switch, default, values.shown_switch)


def _mode(path: tuple[str, ...], default: Mode) -> Setting:
    return Setting(path, "enforce; report-only says what it would do and does not", values.mode, default)


def _names(path: tuple[str, ...], meaning: str) -> Setting:
    return Setting(path, meaning, values.names, (), values.shown_names)


def _size(path: tuple[str, ...], meaning: str, default: int) -> Setting:
    return Setting(path, meaning, values.size, default, values.shown_size)


_CONNECTIONS: Final = ClientConnections()

_LIMITS: Final = tuple(
    setting
    for name, limit, meaning in (
        ("tokens", Limits().tokens, "tokens of a document"),
        ("depth", Limits().depth, "levels of fields"),
        ("aliases", Limits().aliases, "aliased fields"),
        ("directives", Limits().directives, "directives"),
        ("cost", Limits().cost, "objects an answer may hold, lists times their `first`"),
        ("document", Limits().document, "bytes of a document"),
        ("body", Limits().body, "bytes of a request's body"),
    )
    for setting in (
        (_size if name in ("document", "body") else _count)(("limits", name, "most"), meaning, limit.most),
        _mode(("limits", name, "mode"), limit.mode),
    )
)

_SERVER: Final = (
    Setting(("host",), "address to listen on", values.text, "127.0.0.1"),
    Setting(("port",), "port to listen on", values.port, 8000),
    Setting(
        ("cache_url",),
        "Redis or Valkey; none: in this process only",
        values.cache_url,
        "memory://",
        secret=True,
    ),
    Setting(
        ("cache_memory",),
        "what each process keeps for itself; 0: nothing",
        values.size,
        DEFAULT_MAX_BYTES,
        values.shown_size,
    ),
    Setting(("cache_users",), "users whose pages are kept at once, for sizing: those seen within STALE", values.count),
    _positive_duration(("page_deadline",), "how long any page may take", 3.0),
    Setting(
        ("gateway_timeout",),
        "when whatever stands before us gives up",
        values.positive_duration,
        show=values.shown_duration,
    ),
    _count(("pages_in_flight",), "pages one process makes at once; more are shed", 100),
    _mode(("overload", "mode"), Mode.ENFORCE),
    Setting(
        ("overload", "unready_at"),
        "share of requests shed at which the process is not ready; none: it always is",
        values.share,
        show=values.shown_share,
    ),
    _duration(
        ("drain_lead",), "how long it says that it is not ready before it ends, for those who send requests", 0.0
    ),
    *_LIMITS,
    Setting(
        ("documents", "trusted"),
        "documents of the manifest: off, prefer, or only",
        values.trusted_documents,
        TrustedDocuments.OFF,
    ),
    Setting(("documents", "manifest"), "the frontend's persisted-documents.json", values.file),
    _switch(("documents", "automatic"), "clients may register documents (automatic persisted queries)", True),
    _switch(("introspection",), "let clients ask for the schema", False),
    Setting(("rate", "viewer"), "requests of one user; off: any", values.rate, Rate(1_200, 60.0), values.shown_rate),
    Setting(
        ("rate", "address"),
        "requests of one address, where the client's is known; off: any",
        values.rate,
        Rate(6_000, 60.0),
        values.shown_rate,
    ),
    _mode(("rate", "mode"), Mode.ENFORCE),
    Setting(("cors_origins",), "other sites whose pages may ask", values.origins, (), values.shown_names),
    _switch(("compression",), "compress answers where the client takes that", True),
    _count(("connections", "most"), "client connections of one process at once", _CONNECTIONS.most),
    _positive_duration(("connections", "headers"), "how long a client may take for its headers", _CONNECTIONS.headers),
    _positive_duration(("connections", "body"), "how long it may take for its body", _CONNECTIONS.body),
    _positive_duration(("connections", "idle"), "how long an unused connection is kept", _CONNECTIONS.idle),
    _positive_duration(
        ("connections", "idle_of_proxies"), "the same for trusted proxies", _CONNECTIONS.idle_of_proxies
    ),
    _positive_duration(("connections", "unread"), "how long a client may leave its answer", _CONNECTIONS.unread),
    Setting(
        ("pseudonym_key",),
        "by which external services get pseudonyms of users; none: a new one at each start",
        values.token,
        secret=True,
    ),
    Setting(
        ("trusted_proxies",),
        "addresses whose x-forwarded-for and x-deadline-ms are believed",
        values.networks,
        (),
        values.shown_networks,
    ),
    Setting(("degraded_as",), "how null sections are told: extensions or errors", values.degraded_as, "extensions"),
    _count(("workers",), "processes that serve; one admin listener speaks for all", 1),
    Setting(("admin_host",), "address of the admin listener; it shows what users asked for", values.text, "127.0.0.1"),
    Setting(("admin_port",), "its port; off: no admin listener", values.port_or_off, 8001, values.shown_port_or_off),
    Setting(
        ("admin_token",),
        "what /debug on the admin listener wants as a password, and x-bff-waterfall as a token",
        values.token,
        secret=True,
    ),
    _switch(("waterfall",), "keep requests for /debug/requests", True),
    _switch(("server_timing",), "tell browsers the totals of each phase", False),
    _switch(("metrics", "enabled"), "count and measure for /metrics", True),
    _names(("metrics", "operations"), "operations that are told apart in metrics; others are `other`"),
    _names(("metrics", "clients"), "values of x-client-name that are told apart in metrics; others are `other`"),
    Setting(
        ("traces", "endpoint"), "an OTLP collector such as http://otel.internal:4318; none: no traces", values.http_url
    ),
    Setting(
        ("traces", "share"),
        "pages that are traced where whoever asks does not say",
        values.share_or_none,
        0.1,
        values.shown_share,
    ),
    Setting(("traces", "service"), "by which name traces know this service", values.text, "bff"),
    Setting(("log", "format"), "json, or text for people", values.log_format, "json"),
    Setting(
        ("log", "healthy"),
        "healthy pages that get a line of log; others always do",
        values.share_or_none,
        0.1,
        values.shown_share,
    ),
    Setting(("auth", "jwks_url"), "where the keys are that tokens are signed with", values.document_url),
    Setting(("auth", "issuer"), "the `iss` a token must carry", values.text),
    Setting(("auth", "audience"), "the `aud` a token must carry", values.text),
    Setting(
        ("auth", "cookie"), "an HttpOnly cookie that may hold the token; none: the header alone", values.cookie_name
    ),
)


def _source(source: type[Source]) -> tuple[Setting, ...]:
    """Those below the URL are options of its policy: the path says which."""
    name, policy = source.name, source.policy
    waiting, retry, hedge, breaker, bulkhead = (
        policy.waiting,
        policy.retry,
        policy.hedge,
        policy.breaker,
        policy.bulkhead,
    )
    return (
        Setting((name, "url"), f"base URL of {name}", values.http_url),
        _switch((name, "enabled"), f"off: {name} is not asked, its sections are null", policy.enabled),
        _positive_duration((name, "deadline"), f"how long a page waits for {name}", policy.deadline),
        _positive_duration(
            (name, "deferred_deadline"),
            f"how long a deferred section (`@defer`) waits for {name}",
            policy.deferred_deadline,
        ),
        _positive_duration((name, "work_bound"), f"how long a call of {name} may go on", policy.work_bound),
        Setting(
            (name, "attempt_timeout"),
            "how long one attempt of a call may take; none: as the call",
            values.positive_duration,
            policy.attempt_timeout,
            values.shown_duration,
        ),
        _duration((name, "ttl"), "how long an answer is fresh", policy.ttl),
        _duration((name, "revalidate"), "and then served at once while it is asked for again", policy.revalidate),
        _duration((name, "stale"), "how long one may be served stale", policy.stale),
        _switch((name, "keep_alive"), "keep connections for the next call", policy.keep_alive),
        _count((name, "waiting", "misses"), "late calls in a row after which pages do not wait", waiting.misses),
        _positive_duration(
            (name, "waiting", "try_every"), "how often a page waits nevertheless, to see", waiting.try_every
        ),
        _mode((name, "waiting", "mode"), waiting.mode),
        Setting((name, "retry", "most"), "attempts after the first; 0: none", values.whole_number, retry.most),
        _share((name, "retry", "share"), "retries there may be, of all calls", retry.share),
        _switch((name, "hedge", "enabled"), "race late calls with a second one, in place of retries", hedge.enabled),
        _share((name, "hedge", "share"), "second calls there may be, of all calls", hedge.share),
        _count((name, "breaker", "calls"), "fewest calls to judge by", breaker.calls),
        _share((name, "breaker", "share"), "failures at which it opens, of all calls", breaker.share),
        _positive_duration((name, "breaker", "window"), "how far back it looks", breaker.window),
        _positive_duration((name, "breaker", "sleep"), "how often it probes while open", breaker.sleep),
        _mode((name, "breaker", "mode"), breaker.mode),
        _count((name, "bulkhead", "limit"), "calls under way at once, in one process", bulkhead.limit),
        _duration((name, "bulkhead", "max_wait"), "how long a call waits for its turn", bulkhead.max_wait),
        _mode((name, "bulkhead", "mode"), bulkhead.mode),
        *_identity(name, source.identity),
    )


def _identity(name: str, identity: Identity) -> tuple[Setting, ...]:
    """Who we are to it."""
    return (
        _switch((name, "external"), f"{name} is somebody else's: it gets pseudonyms", identity.external),
        Setting(
            (name, "trace"),
            "send it the trace context; none: if it is internal",
            values.switch,
            identity.trace,
            values.shown_switch,
        ),
        Setting(
            (name, "forwards"),
            "inbound headers that it gets as they came",
            values.header_names,
            identity.forwards,
            values.shown_names,
        ),
        Setting(
            (name, "link_hosts"),
            "hosts its links may lead to; * for any",
            values.hosts,
            identity.link_hosts,
            values.shown_names,
        ),
        Setting((name, "bearer"), "the token we show it", values.secret, secret=True),
        Setting((name, "api_key", "header"), "the header it wants a key in", values.header_name),
        Setting((name, "api_key", "value"), "the key", values.secret, secret=True),
        Setting((name, "tls", "certificate"), "our certificate, a file in PEM", values.file),
        Setting((name, "tls", "key"), "its key, a file in PEM", values.file),
        Setting((name, "tls", "ca"), "who signs its certificate, a file in PEM", values.file),
    )
