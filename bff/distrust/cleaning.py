"""How a value of each kind is cleaned."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any, TypeAlias

from msgspec.structs import force_setattr

from bff.distrust.marks import LONGEST_TEXT
from bff.distrust.texts import cleaned, is_clean


class Untrusted(ValueError):
    """The value may not be shown, nor what it stands in, up to where one can do without. Says why."""


Lost: TypeAlias = list[Untrusted]
"""What was done without, where the type allows that."""

Clean: TypeAlias = Callable[[Any, Lost], Any]
"""The value, cleaned; the same object where there is nothing to clean. Raises `Untrusted`. A record is changed itself:
it was just decoded, and nobody has seen it yet.
"""

Plan: TypeAlias = Sequence[tuple[str, Clean]]
"""By field, what cleans it; fields with nothing to clean are not in it."""


def as_it_is(value: Any, _: Lost) -> Any:
    return value


def text(value: str, _: Lost) -> str:
    if len(value) <= LONGEST_TEXT and value.isprintable():  # as nearly all are
        return value
    return cleaned(value, LONGEST_TEXT)


def exact(value: Any, _: Lost) -> Any:
    """What is compared is never changed."""
    if isinstance(value, str) and not is_clean(value):
        raise Untrusted("an id has something in it that cannot be seen")
    return value


def finite(value: Decimal, _: Lost) -> Decimal:
    if not value.is_finite():
        raise Untrusted("a number is none")
    return value


def allowed(is_allowed: Callable[[str], bool], otherwise: str) -> Clean:
    def link(value: str, _: Lost) -> str:
        if not is_allowed(value):
            raise Untrusted(otherwise)
        return value

    return link


def or_none(value: Any, lost: Lost, clean: Clean) -> Any:
    if value is None:
        return None
    try:
        return clean(value, lost)
    except Untrusted as error:
        lost.append(error)
        return None


def by_kind(value: Any, lost: Lost, cleaners: Mapping[type, Clean]) -> Any:
    return cleaners.get(type(value), as_it_is)(value, lost)


def each(value: Any, lost: Lost, build: type, clean: Clean) -> Any:
    return build([clean(one, lost) for one in value])


def by_place(value: Sequence[Any], lost: Lost, cleaners: Sequence[Clean]) -> Any:
    return tuple(clean(one, lost) for clean, one in zip(cleaners, value, strict=True))


def mapping(value: Mapping[Any, Any], lost: Lost, keys: Clean, values: Clean) -> Any:
    return {keys(key, lost): values(one, lost) for key, one in value.items()}


def struct(value: Any, lost: Lost, plan: Plan) -> Any:
    for name, clean in plan:
        before = getattr(value, name)
        after = clean(before, lost)
        if after is not before:
            force_setattr(value, name, after)
    return value


def dataclass(value: Any, lost: Lost, plan: Plan) -> Any:
    for name, clean in plan:
        object.__setattr__(value, name, clean(getattr(value, name), lost))  # also where it is frozen
    return value


def typed_dict(value: dict[str, Any], lost: Lost, plan: Plan) -> Any:
    return value | {name: clean(value[name], lost) for name, clean in plan if name in value}


def named_tuple(value: Any, lost: Lost, plan: Plan) -> Any:
    return value._replace(**{name: clean(getattr(value, name), lost) for name, clean in plan})


def anything(value: Any, lost: Lost) -> Any:
    match value:
        case str():
            return text(value, lost)
        case list():
            return [anything(one, lost) for one in value]
        case dict():
            return {exact(key, lost): anything(one, lost) for key, one in value.items()}
        case _:
            return value
