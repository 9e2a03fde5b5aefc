"""What is doubtful in the settings: each is possible alone, and together they do not do what one would expect.

Nothing here keeps a page from being served. What does is in `problems_for_serving`.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from bff.policy import Policy
from bff.resilience.mode import Mode
from bff.settings import Settings


def doubts(settings: Settings) -> list[str]:
    """A sentence for each, with the names of the settings and what to do."""
    found = [*_of_the_page(settings)]
    for name, source in settings.sources.items():
        own = _Named(settings, name, source.policy)
        for rule in (_deadlines, _attempts, _repeating, _bulkhead, _breaker, _switched):
            found += rule(own)
    return found


@dataclass(frozen=True, slots=True)
class _Named:
    """A source's policy with the names of its settings."""

    settings: Settings
    name: str
    policy: Policy

    def variable(self, *option: str) -> str:
        """As it is written in the environment."""
        return self.settings.one(self.name, *option).setting.variable

    def valued(self, *option: str) -> str:
        """The same, with the value in force."""
        return _valued(self.settings, self.name, *option)


def _valued(settings: Settings, *path: str) -> str:
    chosen = settings.one(*path)
    return f"{chosen.setting.variable} ({chosen.shown()})"


def _of_the_page(settings: Settings) -> Iterator[str]:
    if settings.gateway_timeout is not None and settings.page_deadline >= settings.gateway_timeout:
        yield (
            f"{_valued(settings, 'page_deadline')} is not below {_valued(settings, 'gateway_timeout')}: "
            "users see the gateway's 504 in place of a page without its slow sections. Lower the first."
        )
    if any(network.prefixlen == 0 for network in settings.trusted_proxies):
        yield (
            "BFF_TRUSTED_PROXIES holds every address there is: any client can shorten its page's deadline. "
            "Name the proxies' own."
        )


def _deadlines(own: _Named) -> Iterator[str]:
    policy = own.policy
    if policy.deadline >= own.settings.page_deadline:
        yield (
            f"{own.valued('deadline')} is not below {_valued(own.settings, 'page_deadline')}: when {own.name} is "
            "slow, the whole page waits until its own time is up. Lower the first."
        )
    if policy.work_bound < policy.deadline:
        yield (
            f"{own.valued('work_bound')} is below {own.valued('deadline')}: "
            "calls are ended while pages still wait for them. Raise the first."
        )
    if policy.bulkhead.max_wait >= policy.deadline:
        yield (
            f"{own.valued('bulkhead', 'max_wait')} is not below {own.valued('deadline')}: "
            "a call can spend all of a page's wait on waiting for its turn. Lower the first."
        )


def _attempts(own: _Named) -> Iterator[str]:
    policy = own.policy
    if policy.attempt_timeout is None:
        return
    attempts = 1 if policy.hedge.enabled else 1 + policy.retry.most
    if policy.attempt_timeout * attempts > policy.work_bound:
        yield (
            f"{own.valued('attempt_timeout')} for each of {attempts} attempts is more than {own.valued('work_bound')}: "
            "the last one is cut short. Lower the first, or raise the second."
        )


def _repeating(own: _Named) -> Iterator[str]:
    if own.policy.hedge.enabled and own.settings.came_from(own.name, "retry", "most") != "default":
        yield (
            f"{own.variable('hedge', 'enabled')} is on, so {own.valued('retry', 'most')} is not used: "
            "a source hedges or retries, never both."
        )


def _bulkhead(own: _Named) -> Iterator[str]:
    policy = own.policy
    if policy.core and policy.bulkhead.limit < own.settings.pages_in_flight:
        yield (
            f"{own.valued('bulkhead', 'limit')} is below {_valued(own.settings, 'pages_in_flight')}: when few of them "
            f"find {own.name} in the cache, some are refused it. Raise the first, or lower the second if "
            "there are never so many."
        )
    if not policy.core and policy.bulkhead.max_wait > 0:
        yield (
            f"{own.valued('bulkhead', 'max_wait')} makes pages wait for a turn at {own.name}, "
            "which they can do without. Set it to 0."
        )


def _breaker(own: _Named) -> Iterator[str]:
    policy, breaker = own.policy, own.policy.breaker
    hung = policy.bulkhead.limit * breaker.window / policy.attempt_bound
    if hung < breaker.calls:
        yield (
            f"{own.valued('breaker', 'calls')} is more than the {int(hung)} calls that can hang within "
            f"{own.valued('breaker', 'window')}: the breaker never opens on a {own.name} that hangs. Lower the first."
        )
    if breaker.sleep > breaker.window:
        yield (
            f"{own.valued('breaker', 'sleep')} is longer than {own.valued('breaker', 'window')}: "
            f"{own.name} is not asked for so long after it is back. Lower the first."
        )


def _switched(own: _Named) -> Iterator[str]:
    if not own.policy.enabled:
        yield f"{own.variable('enabled')} is off: no page shows {own.name}."
    modes = {
        "waiting": own.policy.waiting.mode,
        "breaker": own.policy.breaker.mode,
        "bulkhead": own.policy.bulkhead.mode,
    }
    for guard, mode in modes.items():
        if mode is Mode.REPORT_ONLY:
            variable = own.variable(guard, "mode")
            yield f"{variable} is report-only: it protects nothing. Set it to enforce when it is right."
