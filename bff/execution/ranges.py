"""Argument ranges, checked before anything runs: literals with the document, variables with each request."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    ArgumentNode,
    DocumentNode,
    GraphQLArgument,
    GraphQLError,
    GraphQLSchema,
    IntValueNode,
    TypeInfo,
    TypeInfoVisitor,
    ValueNode,
    VariableNode,
    Visitor,
    visit,
)
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types.arguments import StrawberryArgument

from bff.argument_range import RANGE, ArgumentRange


@dataclass(frozen=True, slots=True)
class BoundedValue:
    """An argument with a range, as a document gives it."""

    argument: str
    allowed: ArgumentRange
    value: ValueNode

    def outside(self, given: int | None) -> GraphQLError:
        """The error for a value outside the range."""
        least, most = self.allowed.least, self.allowed.most
        shown = "null" if given is None else given
        return GraphQLError(f"`{self.argument}` is {shown}, it must be from {least} to {most}.", self.value)


class _Ranges(Visitor):
    def __init__(self, type_info: TypeInfo) -> None:
        super().__init__()
        self._type_info = type_info
        self.found: list[BoundedValue] = []

    def enter_argument(self, node: ArgumentNode, *_: Any) -> None:
        argument = self._type_info.get_argument()
        if argument is not None and (allowed := declared_range(argument)) is not None:
            self.found.append(BoundedValue(node.name.value, allowed, node.value))


def bounded_values(schema: GraphQLSchema, document: DocumentNode) -> tuple[BoundedValue, ...]:
    """Every value in the document that a range applies to."""
    type_info = TypeInfo(schema)
    ranges = _Ranges(type_info)
    visit(document, TypeInfoVisitor(type_info, ranges))
    return tuple(ranges.found)


def literals_outside(values: Iterable[BoundedValue]) -> list[GraphQLError]:
    """An error for each literal outside its range."""
    literals = ((each, int(each.value.value)) for each in values if isinstance(each.value, IntValueNode))
    return [each.outside(given) for each, given in literals if given not in each.allowed]


def variables_outside(values: Iterable[BoundedValue], coerced: Mapping[str, Any]) -> list[GraphQLError]:
    """An error for each place whose variable, coerced and with its default, is outside the range.

    A variable that is not given at all leaves the argument its own default.
    """
    places = ((each, each.value.name.value) for each in values if isinstance(each.value, VariableNode))
    return [
        each.outside(coerced[name]) for each, name in places if name in coerced and coerced[name] not in each.allowed
    ]


def declared_range(argument: GraphQLArgument) -> ArgumentRange | None:
    """What `between` said of it, if anything."""
    definition = argument.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
    if not isinstance(definition, StrawberryArgument):
        return None
    declared = definition.metadata.get(RANGE)
    return declared if isinstance(declared, ArgumentRange) else None
