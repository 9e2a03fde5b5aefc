"""Texts as they may be shown."""

import re
from typing import Final

ELLIPSIS: Final = "…"

INVISIBLE: Final = re.compile(
    "["
    "\x00-\x08\x0b-\x1f\x7f-\x9f"  # controls, but for the tab and the end of a line
    "\u2028-\u202e\u2066-\u206f"  # other ends of lines; what turns the order of letters around for all that follows
    "\ufeff\ufff9-\uffff"  # marks of bytes and of annotations, and what is no character
    "\ud800-\udfff"  # halves of a pair
    "]"
)
"""What is taken out. Joiners stay: emoji, Persian and Hindi are written with them; so do marks of direction, which turn
around nothing but themselves.
"""


def is_clean(text: str) -> bool:
    """Whether there is nothing to take out. In most cases the first look, which is quick, is enough."""
    return text.isprintable() or INVISIBLE.search(text) is None


def cleaned(text: str, most: int) -> str:
    """The text without what cannot be seen, at most so long. The same object where there is nothing to do."""
    if len(text) > most:
        text = text[: most - 1] + ELLIPSIS
    return text if is_clean(text) else INVISIBLE.sub("", text)
