"""What is told of a limit that a request went over: an event, and an error that says what to do."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from bff.errors import QueryTooComplex
from bff.events import LimitExceeded
from bff.execution.limits.size import UNCOUNTED
from bff.resilience.mode import Mode
from bff.settings.edge import Limit

SAYS: Final[Mapping[str, str]] = {
    "document": "The document has {count} bytes, at most {most} are allowed: send a shorter one.",
    "tokens": "The document has {count} tokens, at most {most} are allowed: send a shorter one.",
    "depth": "The query is {count} levels deep, at most {most} are allowed: ask for what lies deeper in another query.",
    "aliases": "The query has {count} aliases, fragments expanded, at most {most} are allowed: ask in several queries.",
    "directives": "The query has {count} directives, fragments expanded, at most {most} are allowed: leave some out.",
    "cost": "The answer may hold {count} objects, at most {most} are allowed: ask for fewer lists, or lower `first`.",
}

SETTING: Final = " Whoever runs this server may raise BFF_LIMITS__{name}__MOST."


def over(name: str, count: int, limit: Limit) -> list[LimitExceeded]:
    """The event, where there are more than there may be."""
    return [LimitExceeded(name, count, limit.most, limit.mode is Mode.ENFORCE)] if count > limit.most else []


def too_complex(exceeded: Iterable[LimitExceeded]) -> QueryTooComplex | None:
    """The refusal that lists those that are enforced, if any are."""
    details = details_of(exceeded)
    return QueryTooComplex("The query asks for too much.", details) if details else None


def details_of(exceeded: Iterable[LimitExceeded]) -> Sequence[Mapping[str, Any]]:
    """An error as GraphQL formats it for each that is enforced."""
    return [_detail(each) for each in exceeded if each.enforced]


def _detail(exceeded: LimitExceeded) -> Mapping[str, Any]:
    name, count, most = exceeded.limit, exceeded.count, exceeded.most
    at_least = count >= UNCOUNTED or name == "tokens"  # the parser stops at the first too many
    shown = f"{'at least ' if at_least else ''}{count}"
    message = SAYS[name].format(count=shown, most=most) + SETTING.format(name=name.upper())
    return {"message": message, "extensions": {"limit": name, "count": count, "most": most}}
