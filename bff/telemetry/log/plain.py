"""What clients may name goes into lines and spans cut, and without characters that act on a terminal or a parser."""

import re
from typing import Final

_ACTS: Final = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""Controls (a new line, an escape), what turns the direction of text, and halves of characters."""

_ACTS_BUT_FOR_LINES: Final = re.compile(_ACTS.pattern.replace("\x00-\x1f", "\x00-\x09\x0b-\x1f"))


def cut(text: str, most: int) -> str:
    """Its beginning, and how much more there was."""
    return text if len(text) <= most else f"{text[:most]}… ({len(text) - most} more)"


def cut_in_the_middle(text: str, most: int) -> str:
    """Beginning and end, of a stack whose end says most."""
    if len(text) <= most:
        return text
    first = most // 4
    return f"{text[:first]}\n… ({len(text) - most} more) …\n{text[first - most :]}"


def plain(text: str) -> str:
    """One line, safe to print."""
    return _ACTS.sub(_escaped, text)


def plain_lines(text: str) -> str:
    """Lines that stay lines."""
    return _ACTS_BUT_FOR_LINES.sub(_escaped, text)


def _escaped(found: re.Match[str]) -> str:
    return found.group().encode("unicode_escape").decode("ascii")
