"""Every setting there is: name, meaning, default, and how its text is read."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from bff.settings import values
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


def settings_of(sources: Sequence[type[Source]]) -> tuple[Setting, ...]:
    """The settings of a page with these sources."""
    return (*_SERVER, *(setting for source in sources for setting in _source(source)))


def _duration(path: tuple[str, ...], meaning: str, default: float) -> Setting:
    return Setting(path, meaning, values.duration, default, values.shown_duration)


def _positive_duration(path: tuple[str, ...], meaning: str, default: float) -> Setting:
    return Setting(path, meaning, values.positive_duration, default, values.shown_duration)


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
    _positive_duration(("page_deadline",), "how long any page may take", 3.0),
    Setting(("degraded_as",), "how null sections are told: extensions or errors", values.degraded_as, "extensions"),
    Setting(("auth", "jwks_url"), "where the keys are that tokens are signed with", values.document_url),
    Setting(("auth", "issuer"), "the `iss` a token must carry", values.text),
    Setting(("auth", "audience"), "the `aud` a token must carry", values.text),
)


def _source(source: type[Source]) -> tuple[Setting, ...]:
    name, policy = source.name, source.policy
    return (
        Setting((name, "url"), f"base URL of {name}", values.http_url),
        _positive_duration((name, "deadline"), f"how long a page waits for {name}", policy.deadline),
        _positive_duration((name, "work_bound"), f"how long a call of {name} may go on", policy.work_bound),
        _duration((name, "ttl"), "how long an answer is fresh", policy.ttl),
        _duration((name, "stale"), "how long one may be served stale", policy.stale),
    )
