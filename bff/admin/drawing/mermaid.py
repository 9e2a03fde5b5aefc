"""The exchange as text that Mermaid draws, to paste where a picture is wanted."""

import re
from collections.abc import Iterator
from typing import Final

from bff.admin.drawing.exchange import BFF, CACHE, Exchange, Kind, Told
from bff.admin.markup import plain

ARROWS: Final = {Kind.ASK: "->>", Kind.ANSWER: "-->>", Kind.LOST: "-x"}

_MEANS_SOMETHING: Final = re.compile(r"[^\w .,:·?()/→…-]")
"""To Mermaid, or to whoever pastes it into HTML."""


def mermaid(exchange: Exchange) -> str:
    """A `sequenceDiagram`."""
    return "\n".join(["sequenceDiagram", *(f"    {line}" for line in _lines(exchange))]) + "\n"


def _lines(exchange: Exchange) -> Iterator[str]:
    ids = {name: f"P{number}" for number, name in enumerate(exchange.who)}
    for name, known_as in ids.items():
        yield f"participant {known_as} as {_escaped(name)}"
    starts, ends = (dict(exchange.parallel), {last - 1 for _, last in exchange.parallel})
    within = False
    for number, step in enumerate(exchange.steps):
        if number in starts:
            within = True
            yield f"par {_branch(step)}"
        elif within:
            yield f"and {_branch(step)}"
        yield ("    " if within else "") + _step(step, ids)
        if number in ends:
            within = False
            yield "end"
    if exchange.left_out:
        yield f"Note over {ids[BFF]}: {exchange.left_out} more steps are not told"


def _branch(step: Told) -> str:
    return _escaped(step.text if step.target == CACHE else step.target)


def _step(step: Told, ids: dict[str, str]) -> str:
    if step.kind is Kind.NOTE:
        return f"Note over {ids[step.source]}: {_escaped(step.text)}"
    return f"{ids[step.source]}{ARROWS[step.kind]}{ids[step.target]}: {_escaped(step.text)}"


def _escaped(text: str) -> str:
    """With Mermaid's own entities: a name cannot end its line, nor begin another."""
    words = " ".join(plain(text).split()) or "?"
    return _MEANS_SOMETHING.sub(lambda found: f"#{ord(found[0])};", words)
