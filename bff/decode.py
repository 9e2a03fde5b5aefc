"""From bytes to records, checked. Good items are kept, broken ones dropped and counted."""

from functools import cache
from typing import Any, Final, TypeVar, get_args, get_origin

import msgspec

from bff.errors import UpstreamInvalid

T = TypeVar("T")
UNREADABLE: Final = (msgspec.DecodeError, RecursionError, UnicodeDecodeError, OverflowError)
"""Whatever msgspec raises on bytes that are not what was asked for."""


def decode(body: bytes, shape: type[T]) -> tuple[T, int]:
    """The JSON in `body` as `shape`, and how many items of a list were dropped because they do not fit.

    Raises `UpstreamInvalid` where nothing can be kept: no JSON, not a list where one was promised, or one without a
    good item, which must not be taken for an empty one.
    """
    wanted: Any = shape
    try:
        return _decoder(wanted).decode(body), 0
    except UNREADABLE as error:
        if get_origin(shape) is not list:
            raise UpstreamInvalid(f"the answer is not what the contract says: {_first_line(error)}") from error
    return _keep_good_items(body, shape)


def _keep_good_items(body: bytes, shape: type[T]) -> tuple[T, int]:
    try:
        items = _decoder(list[msgspec.Raw]).decode(body)
    except UNREADABLE as error:
        raise UpstreamInvalid(f"the answer is no JSON list: {_first_line(error)}") from error
    decoder = _decoder(get_args(shape)[0])
    good = []
    for item in items:
        try:
            good.append(decoder.decode(item))
        except UNREADABLE:
            continue
    if items and not good:
        raise UpstreamInvalid(f"none of the {len(items)} items is what the contract says")
    kept: Any = good  # a list of the item type, which is what `shape` is
    return kept, len(items) - len(good)


@cache  # one decoder for each declared type, of which a program has a fixed number
def _decoder(shape: Any) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(shape)


def _first_line(error: BaseException) -> str:
    return str(error).partition("\n")[0][:200]
