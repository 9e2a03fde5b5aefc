"""A schema with lists of every kind, and what its fields give, said a second time for whoever counts naively."""

from typing import Final, NamedTuple

from graphql import build_schema

from bff.execution.limits.size import ASSUMED

SCHEMA: Final = build_schema("""
    type Query { n: Int  a: Node  many(first: Int = 3): [Node!]  must(first: Int! = 5): [Node!]!  plain: [Node] }
    type Node { n: Int  a: Node  many(first: Int = 3): [Node!]  must(first: Int! = 5): [Node!]!  plain: [Node]
                deep: [[Node]]  ints: [Int!] }
    type Mutation { a: Node }
""")


class Field(NamedTuple):
    """Of how many items it is where the document does not say; None for a leaf."""

    items: int | None
    sized: bool = False


FIELDS: Final = {
    "n": Field(None),
    "ints": Field(None),
    "a": Field(1),
    "many": Field(3, sized=True),
    "must": Field(5, sized=True),
    "plain": Field(ASSUMED),
    "deep": Field(ASSUMED * ASSUMED),
}
