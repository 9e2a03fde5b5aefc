"""HTML and SVG out of elements. Nothing gets into a page unescaped but what was made here."""

import re
from collections.abc import Iterable
from html import escape
from typing import Final, TypeAlias

_HARMFUL: Final = re.compile(
    "[^\t\n\r\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\u200e\u200f\u202a-\u202e\u2066-\u2069]"
)
"""What XML cannot hold, and what turns the direction of the text around it."""

_EMPTY: Final = frozenset({"input", "link", "meta", "br"})


class Markup(str):
    """Text that is markup already."""

    __slots__ = ()


Child: TypeAlias = "str | int | Iterable[Child] | None"


def element(name: str, /, *children: Child, **attributes: str | float | bool | None) -> Markup:
    """One element. `class_` stands for `class`, `stroke_width` for `stroke-width`; None and False leave one out."""
    opening = f"<{name}{''.join(map(_attribute, attributes.items()))}"
    if name in _EMPTY:
        return Markup(f"{opening} />")
    return Markup(f"{opening}>{joined(children)}</{name}>")


def joined(child: Child) -> Markup:
    """All of it, one after the other."""
    match child:
        case None:
            return Markup("")
        case Markup():
            return child
        case str() | int():
            return Markup(escape(plain(str(child))))
        case _:
            return Markup("".join(map(joined, child)))


def plain(text: str) -> str:
    """The text without characters that would break a page or make it lie."""
    return _HARMFUL.sub("\ufffd", text)


def _attribute(given: tuple[str, str | float | bool | None]) -> str:
    name, value = given[0].rstrip("_").replace("_", "-"), given[1]
    match value:
        case None | False:
            return ""
        case True:
            return f' {name}="{name}"'
        case float():
            return f' {name}="{value:.2f}"'
        case _:
            return f' {name}="{escape(plain(str(value)))}"'
