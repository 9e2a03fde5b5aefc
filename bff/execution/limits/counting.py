"""A parsed document against the limits: before validation, which takes longer than linear time."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from graphql import DocumentNode, FragmentDefinitionNode, GraphQLSchema, OperationDefinitionNode

from bff.events import LimitExceeded
from bff.execution.limits.cost import VariableCost
from bff.execution.limits.exceeded import over
from bff.execution.limits.part import Part, part_of
from bff.execution.limits.shapes import Shapes
from bff.execution.limits.total import Total, Totals
from bff.settings.edge import Limits

SCHEMA_DEPTH: Final = 20
SCHEMA_COST: Final = 25_000
"""For what asks about the schema, where that is allowed at all. Tools ask 15 levels deep, for 17,000 objects as they
are counted here, of which there are some hundreds. Limits that are set higher hold here too.
"""


@dataclass(frozen=True, slots=True)
class Counted:
    """What a document goes over, whichever of its operations runs, and the operations of which variables decide."""

    exceeded: tuple[LimitExceeded, ...]
    costs: Mapping[str | None, VariableCost]


class Counting:
    """Counts by one schema."""

    def __init__(self, schema: GraphQLSchema, limits: Limits) -> None:
        self._shapes = Shapes(schema)
        self._limits = limits
        self._schema_depth = replace(limits.depth, most=max(SCHEMA_DEPTH, limits.depth.most))
        self._schema_cost = replace(limits.cost, most=max(SCHEMA_COST, limits.cost.most))

    def __call__(self, document: DocumentNode) -> Counted:
        """Each operation has to be within the limits by itself. Raises `SpreadsItself`."""
        fragments: dict[str, Part] = {}
        operations: list[tuple[str | None, Part]] = []
        for definition in document.definitions:
            if isinstance(definition, FragmentDefinitionNode):
                fragments[definition.name.value] = part_of(definition, self._shapes)
            elif isinstance(definition, OperationDefinitionNode):
                name = definition.name.value if definition.name else None
                operations.append((name, part_of(definition, self._shapes)))
        totals = Totals(fragments)
        counted = [(name, part, totals.of(part)) for name, part in operations]
        return Counted(
            exceeded=self._exceeded([total for _, _, total in counted]),
            costs={name: VariableCost.of(part, fragments) for name, part, total in counted if self._decide(total)},
        )

    def _decide(self, total: Total) -> bool:
        """Whether there are variables that are let through and make it cost too much."""
        return total.varies and total.data.cost > self._limits.cost.most

    def _exceeded(self, totals: list[Total]) -> tuple[LimitExceeded, ...]:
        limits = self._limits
        fixed = [total.data.cost for total in totals if not self._decide(total)]
        return (
            *over("depth", max((total.data.depth for total in totals), default=0), limits.depth),
            *over("depth", max((total.schema.depth for total in totals), default=0), self._schema_depth),
            *over("aliases", max((total.aliases for total in totals), default=0), limits.aliases),
            *over("directives", max((total.directives for total in totals), default=0), limits.directives),
            *over("cost", max(fixed, default=0), limits.cost),
            *over("cost", max((total.schema.cost for total in totals), default=0), self._schema_cost),
        )
