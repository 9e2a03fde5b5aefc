"""Counting as one would explain it: write every fragment out where it is spread, then walk the tree. Takes exponential
time, and shares no line with what is tested.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
)

from tests.execution.toy import FIELDS


class Leaf(NamedTuple):
    """One field or fragment of the expanded tree: fields above it with it, how many of it there are."""

    depth: int
    objects: int
    aliases: int
    directives: int


class Count(NamedTuple):
    """Of one operation."""

    depth: int
    cost: int
    aliases: int
    directives: int


def naive(document: DocumentNode, operation: OperationDefinitionNode, variables: Mapping[str, int | None]) -> Count:
    fragments = {each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)}
    leaves = list(_walk(operation.selection_set, fragments, variables, 0, 1))
    own = len(operation.directives or ()) + sum(len(v.directives or ()) for v in operation.variable_definitions or ())
    return Count(
        depth=max(leaf.depth for leaf in leaves),
        cost=sum(leaf.objects for leaf in leaves),
        aliases=sum(leaf.aliases for leaf in leaves),
        directives=own + sum(leaf.directives for leaf in leaves),
    )


def _walk(
    selections: SelectionSetNode,
    fragments: Mapping[str, FragmentDefinitionNode],
    variables: Mapping[str, int | None],
    depth: int,
    there_are: int,
) -> Iterator[Leaf]:
    for node in selections.selections:
        directives = len(node.directives or ())
        if isinstance(node, FragmentSpreadNode):
            fragment = fragments[node.name.value]
            yield Leaf(0, 0, 0, directives + len(fragment.directives or ()))
            yield from _walk(fragment.selection_set, fragments, variables, depth, there_are)
        elif isinstance(node, FieldNode):
            items = _items(node, variables)
            objects = 0 if items is None else there_are * items
            yield Leaf(depth + 1, objects, int(node.alias is not None), directives)
            if node.selection_set is not None:
                yield from _walk(node.selection_set, fragments, variables, depth + 1, objects)
        else:
            yield Leaf(0, 0, 0, directives)
            yield from _walk(node.selection_set, fragments, variables, depth, there_are)  # type: ignore[attr-defined]  # an inline fragment


def _items(node: FieldNode, variables: Mapping[str, int | None]) -> int | None:
    field = FIELDS[node.name.value]
    for argument in node.arguments or ():
        if isinstance(argument.value, IntValueNode):
            return int(argument.value.value)
        if isinstance(argument.value, VariableNode) and argument.value.name.value in variables:
            return variables[argument.value.name.value]
    return field.items
