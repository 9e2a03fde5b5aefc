"""What one definition says by itself, read once, without recursion: nesting is the client's to choose."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLNamedType,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionNode,
)

from bff.execution.limits.shapes import ABOUT_THE_SCHEMA, Shapes
from bff.execution.limits.size import ONCE, Times


class Spread(NamedTuple):
    """A fragment, so many levels further in, so often."""

    fragment: str
    depth: int
    times: Times


@dataclass(slots=True)
class Extent:
    """How far a part reaches."""

    depth: int = 0
    objects: list[Times] = field(default_factory=list)
    """One for each field that gives objects: how many there may be."""


@dataclass(slots=True)
class Part:
    """Without the fragments it spreads. What asks about the schema is counted apart."""

    aliases: int = 0
    directives: int = 0
    data: Extent = field(default_factory=Extent)
    schema: Extent = field(default_factory=Extent)
    spreads: list[Spread] = field(default_factory=list)


class _Level(NamedTuple):
    selections: Iterable[SelectionNode]
    on: GraphQLNamedType | None
    about_the_schema: bool
    depth: int
    times: Times


def part_of(definition: OperationDefinitionNode | FragmentDefinitionNode, shapes: Shapes) -> Part:
    """What it says. Names that the schema does not know count as objects: validation refuses them later."""
    part = Part(directives=len(definition.directives or ()))
    for variable in definition.variable_definitions or ():
        part.directives += len(variable.directives or ())
    on = (
        shapes.named(definition.type_condition.name.value)
        if isinstance(definition, FragmentDefinitionNode)
        else shapes.root(definition.operation)
    )
    waiting = [_Level(definition.selection_set.selections, on, _is_about_the_schema(on), 0, ONCE)]
    while waiting:
        level = waiting.pop()
        for node in level.selections:
            part.directives += len(node.directives or ())
            match node:
                case FieldNode():
                    further = _field(node, level, part, shapes)
                    if further is not None:
                        waiting.append(further)
                case InlineFragmentNode(type_condition=condition):
                    on = level.on if condition is None else shapes.named(condition.name.value)
                    waiting.append(level._replace(selections=node.selection_set.selections, on=on))
                case FragmentSpreadNode():
                    part.spreads.append(Spread(node.name.value, level.depth, level.times))
    return part


def _field(node: FieldNode, level: _Level, part: Part, shapes: Shapes) -> _Level | None:
    name = node.name.value
    about_the_schema = level.about_the_schema or name in ABOUT_THE_SCHEMA
    extent = part.schema if about_the_schema else part.data
    depth = level.depth + 1
    extent.depth = max(extent.depth, depth)
    part.aliases += node.alias is not None
    if node.selection_set is None:
        return None
    shape = shapes.of(level.on, name)
    times = level.times if shape is None else level.times.by(shape.count(node)).by(shape.more)
    extent.objects.append(times)
    return _Level(node.selection_set.selections, None if shape is None else shape.gives, about_the_schema, depth, times)


def _is_about_the_schema(on: GraphQLNamedType | None) -> bool:
    return on is not None and on.name.startswith("__")
