"""What is doubtful in what stands between a page and a source."""

from collections.abc import Iterator
from typing import Final

from bff.resilience.mode import Mode
from bff.settings.doctor.named import Named, valued

MOST_RETRIES: Final = 3
"""More of them help no call, and keep an upstream down that is down."""

LONGEST_UNSEEN: Final = 60.0
"""Seconds for which an upstream that is back may go unnoticed."""

FEWEST_TO_JUDGE: Final = 5
"""Calls: a breaker that goes by fewer opens on an accident."""


def _deadlines(own: Named) -> Iterator[str]:
    policy = own.policy
    if policy.deadline >= own.settings.page_deadline:
        yield (
            f"{own.valued('deadline')} is not below {valued(own.settings, 'page_deadline')}: when {own.name} is "
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


def _attempts(own: Named) -> Iterator[str]:
    policy = own.policy
    attempts = 1 if policy.hedge.enabled else 1 + policy.retry.most
    if attempts > 1 + MOST_RETRIES:
        yield (
            f"{own.valued('retry', 'most')} lets one call make {attempts} attempts: where so many are needed, "
            f"{own.name} is down, and kept down by them. Lower it to 1."
        )
    if policy.attempt_timeout is not None and policy.attempt_timeout * attempts > policy.work_bound:
        yield (
            f"{own.valued('attempt_timeout')} for each of {attempts} attempts is more than {own.valued('work_bound')}: "
            "the last one is cut short. Lower the first, or raise the second."
        )


def _repeating(own: Named) -> Iterator[str]:
    if own.policy.hedge.enabled and own.is_set("retry", "most"):
        yield (
            f"{own.variable('hedge', 'enabled')} is on, so {own.valued('retry', 'most')} is not used: "
            "a source hedges or retries, never both."
        )


def _bulkhead(own: Named) -> Iterator[str]:
    policy = own.policy
    if policy.core and policy.bulkhead.limit < own.settings.overload.pages_in_flight:
        yield (
            f"{own.valued('bulkhead', 'limit')} is below {valued(own.settings, 'pages_in_flight')}: when few of them "
            f"find {own.name} in the cache, some are refused it. Raise the first, or lower the second if "
            "there are never so many."
        )
    if not policy.core and policy.bulkhead.max_wait > 0:
        yield (
            f"{own.valued('bulkhead', 'max_wait')} makes pages wait for a turn at {own.name}, "
            "which they can do without. Set it to 0."
        )


def _breaker(own: Named) -> Iterator[str]:
    policy, breaker = own.policy, own.policy.breaker
    hung = int(policy.bulkhead.limit * breaker.window / policy.attempt_bound)
    if hung < breaker.calls:
        yield (
            f"{own.valued('breaker', 'calls')} is more than the {hung} calls that can hang within "
            f"{own.valued('breaker', 'window')}: the breaker never opens on a {own.name} that hangs. "
            f"{'Lower the first.' if hung >= FEWEST_TO_JUDGE else _end_sooner(own)}"
        )
    if breaker.sleep > breaker.window:
        yield (
            f"{own.valued('breaker', 'sleep')} is longer than {own.valued('breaker', 'window')}: "
            f"{own.name} is not asked for so long after it is back. Lower the first."
        )
    elif breaker.sleep > LONGEST_UNSEEN:
        yield f"{own.valued('breaker', 'sleep')}: {own.name} is not asked for so long after it is back. Lower it to 5s."


def _end_sooner(own: Named) -> str:
    """What to do where calls may hang for so long that too few of them are seen to."""
    policy = own.policy
    if policy.attempt_bound == policy.attempt_timeout:
        return f"Lower {own.valued('attempt_timeout')}."
    longest = "work_bound" if policy.call_bound == policy.work_bound else "deadline"
    return f"Lower {own.valued(longest)}, or set {own.variable('attempt_timeout')}."


def _waiting(own: Named) -> Iterator[str]:
    if own.policy.waiting.try_every > LONGEST_UNSEEN:
        yield (
            f"{own.valued('waiting', 'try_every')}: while no call of {own.name} is seen through, pages go without it "
            "for so long after it is back. Lower it to 5s."
        )


def _switched(own: Named) -> Iterator[str]:
    if not own.policy.enabled:
        yield f"{own.variable('enabled')} is off: no page shows {own.name}. Set it to on when one should."
    modes = {
        "waiting": own.policy.waiting.mode,
        "breaker": own.policy.breaker.mode,
        "bulkhead": own.policy.bulkhead.mode,
    }
    for guard, mode in modes.items():
        if mode is Mode.REPORT_ONLY:
            variable = own.variable(guard, "mode")
            yield f"{variable} is report-only: it protects nothing. Set it to enforce when it is right."


RULES: Final = (_deadlines, _attempts, _repeating, _bulkhead, _breaker, _waiting, _switched)
