"""What is doubtful in how long values are kept, and where."""

from collections.abc import Iterator
from typing import Final

from bff.settings import Settings
from bff.settings.doctor.named import Named, valued
from bff.settings.values import MEGABYTE, shown_duration


def doubts(settings: Settings) -> Iterator[str]:
    """A sentence for each that concerns no single source."""
    kept = [source for source in settings.sources.values() if source.policy.ttl > 0]
    if kept and settings.cache_memory == 0 and settings.cached_in_process:
        yield (
            f"{valued(settings, 'cache_memory')} keeps nothing in process, and BFF_CACHE_URL names no server: nothing "
            "is cached. Set one of them."
        )
    if 0 < settings.cache_memory < MEGABYTE:
        yield (
            f"{valued(settings, 'cache_memory')} has room for a few values at most; a number without a unit is bytes. "
            "Write 64MB, or 0 for nothing."
        )


def _stale(own: Named) -> Iterator[str]:
    if 0 < own.policy.stale < own.policy.ttl:
        yield (
            f"{own.valued('stale')} is below {own.valued('ttl')}: a value is gone as soon as it is not fresh, and none "
            f"is left to show when {own.name} is slow or failing. Raise the first."
        )


def _revalidate(own: Named) -> Iterator[str]:
    policy = own.policy
    needed = policy.ttl + policy.revalidate
    nothing_is_left = policy.stale < needed and policy.revalidate > 0
    if policy.ttl > 0 and nothing_is_left and not 0 < policy.stale < policy.ttl:
        yield (
            f"{own.valued('revalidate')} after {own.valued('ttl')} is more than {own.valued('stale')}: the value is "
            f"gone before its successor need be there. Raise the last to {shown_duration(needed)}, or lower the first."
        )


def _ttl(own: Named) -> Iterator[str]:
    policy = own.policy
    if policy.ttl == 0:
        return
    served = min(policy.ttl + policy.revalidate, max(policy.ttl, policy.stale))
    if policy.ttl <= policy.deadline:
        yield (
            f"{own.valued('ttl')} is not above {own.valued('deadline')}: what one page has waited for is old when the "
            "next one asks. Raise the first."
        )
    elif served < policy.work_bound:
        yield (
            f"{own.valued('ttl')} and {own.valued('revalidate')} together are below {own.valued('work_bound')}: "
            f"pages wait for a slow {own.name} although its last answer is kept. Raise the first, or lower the last."
        )


def _nothing_kept(own: Named) -> Iterator[str]:
    if own.policy.ttl > 0:
        return
    if not own.policy.core:
        yield (
            f"{own.valued('ttl')} keeps no answer of {own.name}: one that is later than {own.valued('deadline')} is "
            "lost, and a page that does not wait for it has nothing to show. Set the first above zero."
        )
    for option in ("revalidate", "stale"):
        if own.is_set(option) and getattr(own.policy, option) > 0:
            yield (
                f"{own.valued('ttl')} keeps no answer of {own.name}, so {own.valued(option)} is not used. "
                "Set the first above zero, or take out the second."
            )


RULES: Final = (_stale, _revalidate, _ttl, _nothing_kept)
