"""What fields give, as far as counting has to know: an object or not, in a list or not, of what size."""

from dataclasses import dataclass
from typing import Any, Final

from graphql import (
    FieldNode,
    GraphQLArgument,
    GraphQLField,
    GraphQLNamedType,
    GraphQLSchema,
    IntValueNode,
    OperationType,
    VariableNode,
    get_named_type,
    is_composite_type,
    is_list_type,
    is_wrapping_type,
)
from graphql.utilities.coerce_input_value import coerce_default_value

from bff.execution.limits.size import ASSUMED, UNCOUNTED, VariableSize, capped, size
from bff.execution.ranges import declared_range

FIRST: Final = "first"
"""The argument that says how many items of a list are wanted."""

ABOUT_THE_SCHEMA: Final = frozenset({"__schema", "__type"})

MOST_DIGITS: Final = 9
"""A number of more digits is above anything that is counted; Python refuses to read one of thousands."""


@dataclass(frozen=True, slots=True)
class Shape:
    """Of a field that gives objects. `size` is its `first`, where it has one; `more` multiplies lists in lists."""

    gives: GraphQLNamedType
    is_list: bool
    more: int
    otherwise: int
    most: int

    def count(self, node: FieldNode) -> int | VariableSize:
        """How many there may be for one of what the field is on."""
        if not self.is_list:
            return 1
        given = next((each.value for each in node.arguments or () if each.name.value == FIRST), None)
        match given:
            case IntValueNode(value=digits):
                return size(int(digits) if len(digits) <= MOST_DIGITS else _large(digits), self.most)
            case VariableNode(name=name):
                return VariableSize(name.value, self.otherwise, self.most)
            case _:
                return self.otherwise


class Shapes:
    """Those of one schema, each looked up once."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self._schema = schema
        self._known: dict[tuple[str, str], Shape | None] = {}

    def root(self, operation: OperationType) -> GraphQLNamedType | None:
        """What an operation of that kind selects on."""
        return self._schema.get_root_type(operation)

    def named(self, name: str) -> GraphQLNamedType | None:
        """The type of that name."""
        return self._schema.type_map.get(name)

    def of(self, parent: GraphQLNamedType | None, field: str) -> Shape | None:
        """None where the field gives no object, or there is no such field."""
        if parent is None or not is_composite_type(parent):
            return None
        at = parent.name, field
        if at not in self._known:
            found: GraphQLField | None = self._schema.get_field(parent, field)
            if found is None:  # documents make up names without end
                return None
            self._known[at] = _shape(found)
        return self._known[at]


def _shape(field: GraphQLField) -> Shape | None:
    gives = get_named_type(field.type)
    if not is_composite_type(gives):
        return None
    lists = _lists(field.type)
    first = field.args.get(FIRST)
    return Shape(
        gives=gives,
        is_list=lists > 0,
        more=capped(ASSUMED ** max(0, lists - 1)),
        otherwise=_default(first),
        most=_most(first),
    )


def _lists(kind: Any) -> int:
    found = 0
    while is_wrapping_type(kind):
        found += is_list_type(kind)
        kind = kind.of_type
    return found


def _default(first: GraphQLArgument | None) -> int:
    default = None if first is None else coerce_default_value(first)
    return size(default, _most(first)) if isinstance(default, int) else ASSUMED


def _most(first: GraphQLArgument | None) -> int:
    """More than a declared range allows is refused whatever it costs, and by that name."""
    allowed = None if first is None else declared_range(first)
    return UNCOUNTED if allowed is None else allowed.most


def _large(digits: str) -> int:
    return 0 if digits.startswith("-") else UNCOUNTED
