"""Counting comes to what one finds who writes every fragment out."""

from collections.abc import Mapping
from typing import Final

from graphql import OperationDefinitionNode, get_variable_values, parse
from hypothesis import given
from hypothesis import strategies as st

from bff.execution.limits.counting import Counting
from bff.settings.edge import Limit, Limits
from tests.execution.naive import Count, naive
from tests.execution.toy import FIELDS, SCHEMA

NOTHING: Final = Limits(
    depth=Limit(-1), aliases=Limit(-1), directives=Limit(-1), cost=Limit(-1), tokens=Limit(9), document=Limit(9)
)
"""Everything is over them, and so told."""

FRAGMENTS: Final = 4
VARIABLES: Final = ("x", "y")

directives = st.sampled_from(["", "", "", " @skip(if: false)", " @skip(if: false) @include(if: true)"])
aliases = st.sampled_from(["", "", "b: "])
sizes = st.one_of(st.integers(0, 6).map(str), st.sampled_from([f"${name}" for name in VARIABLES]))


@st.composite
def selections(draw: st.DrawFn, depth: int, spreads: range, on: str = "Node") -> str:
    """Of one level; spreads only fragments further on, so that none spreads itself."""
    parts = [f"n{draw(directives)}"]
    for _ in range(draw(st.integers(0, 3))):
        kind = draw(st.sampled_from(["field", "inline", *(["spread"] * 2 if spreads and on == "Node" else [])]))
        if kind == "spread":
            parts.append(f"...f{draw(st.sampled_from(spreads))}{draw(directives)}")
        elif depth and kind == "inline":
            parts.append(f"... on {on}{draw(directives)} {{ {draw(selections(depth - 1, spreads, on))} }}")
        elif depth:
            parts.append(draw(fields(depth, spreads, on)))
    return " ".join(parts)


@st.composite
def fields(draw: st.DrawFn, depth: int, spreads: range, on: str) -> str:
    name = draw(st.sampled_from([n for n, f in FIELDS.items() if f.items and (on == "Node" or n != "deep")]))
    argument = f"(first: {draw(sizes)})" if FIELDS[name].sized and draw(st.booleans()) else ""
    return f"{draw(aliases)}{name}{argument}{draw(directives)} {{ {draw(selections(depth - 1, spreads))} }}"


@st.composite
def documents(draw: st.DrawFn) -> str:
    """One operation and its fragments; some are not used."""
    head = f"query Q($x: Int! = 2{draw(directives)}, $y: Int){draw(directives)}"
    root = " ".join(draw(fields(2, range(FRAGMENTS), "Query")) for _ in range(draw(st.integers(1, 3))))
    bodies = [
        f"fragment f{at} on Node{draw(directives)} {{ {draw(selections(2, range(at + 1, FRAGMENTS)))} }}"
        for at in range(FRAGMENTS)
    ]
    return f"{head} {{ {root} }} {' '.join(bodies)}"


variables = st.fixed_dictionaries({}, optional={"x": st.integers(0, 7), "y": st.integers(0, 7)})


def counted(text: str, given_variables: Mapping[str, int]) -> tuple[Count, Count]:
    """By us, and naively."""
    document = parse(text)
    found = Counting(SCHEMA, NOTHING)(document)
    [operation] = [each for each in document.definitions if isinstance(each, OperationDefinitionNode)]
    coerced = get_variable_values(SCHEMA, operation.variable_definitions or (), dict(given_variables))
    assert not isinstance(coerced, list)
    told = {event.limit: event.count for event in reversed(found.exceeded)}
    costs = found.costs.get("Q")
    cost = told["cost"] if costs is None else costs(coerced.coerced)
    ours = Count(told["depth"], cost, told["aliases"], told["directives"])
    return ours, naive(document, operation, coerced.coerced)


@given(documents(), variables)
def test_e2_a_document_counts_as_if_written_out(text: str, given_variables: dict[str, int]) -> None:
    ours, expected = counted(text, given_variables)
    assert ours == expected
