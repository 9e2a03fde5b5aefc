"""What is doubtful in what stands between the world and the page, and in what upstreams are told of us."""

from collections.abc import Iterator
from typing import Final
from urllib.parse import urlsplit

from bff.resilience.mode import Mode
from bff.settings import Settings
from bff.settings.doctor.inspection import is_this_machine
from bff.settings.doctor.named import Named, valued
from bff.settings.edge import TrustedDocuments

GUARDS: Final = ("tokens", "depth", "aliases", "directives", "cost", "document", "body")


def doubts(settings: Settings) -> Iterator[str]:
    """A sentence for each."""
    yield from _report_only(settings)
    if settings.auth is not None and _is_open(settings.auth.jwks_url):
        yield (
            "BFF_AUTH__JWKS_URL is not https: whoever stands between can replace the keys, and sign in as anybody. "
            "Use https."
        )
    if settings.operations.manifest is not None and settings.operations.trusted is TrustedDocuments.OFF:
        yield (
            f"BFF_DOCUMENTS__MANIFEST is given, and {valued(settings, 'documents', 'trusted')} does not use it. "
            "Set the second to prefer, or to only."
        )
    if settings.limits.body.most < settings.limits.document.most:
        yield (
            f"{valued(settings, 'limits', 'body', 'most')} is below {valued(settings, 'limits', 'document', 'most')}: "
            "no document can be that large. Raise the first, or lower the second."
        )
    if any(origin.startswith("http://") and not _is_local(origin) for origin in settings.cors_origins):
        yield (
            f"{valued(settings, 'cors_origins')} names an origin that is not https: whoever stands between can put a "
            "page there that asks in the user's name. Use https."
        )
    yield from _pseudonyms(settings)


def _report_only(settings: Settings) -> Iterator[str]:
    paths = [("limits", name, "mode") for name in GUARDS]
    for path in (*paths, ("overload", "mode"), ("rate", "mode")):
        chosen = settings.one(*path)
        if chosen.value is Mode.REPORT_ONLY:
            yield f"{chosen.setting.variable} is report-only: it protects nothing. Set it to enforce when it is right."


def _pseudonyms(settings: Settings) -> Iterator[str]:
    external = [name for name, source in settings.sources.items() if source.identity.external and source.url]
    if external and settings.pseudonym_key is None:
        yield (
            f"BFF_PSEUDONYM_KEY is not set: {', '.join(external)} gets new pseudonyms of all users at each start, and "
            "knows nobody again. Set it to what `openssl rand -hex 32` says, the same on all machines."
        )


def _in_the_open(own: Named) -> Iterator[str]:
    source = own.settings.sources[own.name]
    identity = source.identity
    if source.url is None or not _is_open(source.url):
        return
    secret = "bearer" if identity.bearer else "api_key" if identity.api_key.value else None
    if secret is not None:
        shown = own.variable("bearer") if secret == "bearer" else own.variable("api_key", "value")  # noqa: S105 - names
        yield f"{shown} is sent to {own.variable('url')} without https: whoever stands between reads it. Use https."
    elif identity.external:
        yield f"{own.variable('url')} leaves the house without https: whoever stands between reads it. Use https."


def _is_open(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme.lower() == "http" and not is_this_machine(parts.hostname or "")


def _is_local(origin: str) -> bool:
    return is_this_machine(urlsplit(origin).hostname or "")


RULES: Final = (_in_the_open,)
