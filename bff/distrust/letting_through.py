"""Of what an upstream says, what may be shown."""

from functools import cache
from typing import Any, TypeVar, cast, get_args, get_origin

from bff.distrust.cleaner import cleaner
from bff.distrust.cleaning import Clean, Lost, Untrusted
from bff.distrust.links import LinkHosts
from bff.errors import UpstreamInvalid

T = TypeVar("T")


def let_through(value: T, shape: type[T], hosts: LinkHosts) -> tuple[T, int]:
    """What was just decoded as `shape`, cleaned, and how much was done without: items of a list, or fields in them.

    Raises `UpstreamInvalid` where nothing is left of it, which must not be taken for an empty list.
    """
    came, of_type = cast(Any, value), cast(Any, shape)
    clean = _cleaner(of_type, hosts)
    if clean is None:
        return value, 0
    lost: Lost = []
    try:
        kept: Any = _good_items(came, clean, lost) if get_origin(shape) is list else clean(came, lost)
        return kept, len(lost)
    except Untrusted as error:
        raise UpstreamInvalid(f"what came may not be shown: {error}") from None
    except RecursionError:
        raise UpstreamInvalid("what came is nested too deeply") from None


def _good_items(items: list[Any], clean: Clean, lost: Lost) -> list[Any]:
    good = []
    for item in items:
        try:
            good.append(clean(item, lost))
        except Untrusted as error:
            lost.append(error)
    if items and not good:
        raise Untrusted(f"{lost[-1]}, and so with all {len(items)} items")
    return good


@cache  # as with decoders: one for each declared type, and where it comes from
def _cleaner(shape: Any, hosts: LinkHosts) -> Clean | None:
    """What cleans an item, where the type is a list; else what cleans it."""
    return cleaner(get_args(shape)[0] if get_origin(shape) is list else shape, hosts)
