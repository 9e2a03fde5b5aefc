"""A document that may run, or why it may not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graphql import DocumentNode, GraphQLSchema, OperationDefinitionNode, OperationType, get_variable_values

from bff.errors import BadUserInput, RequestError
from bff.events import LimitExceeded, Listener
from bff.execution.limits.cost import VariableCost
from bff.execution.limits.exceeded import over, too_complex
from bff.execution.ranges import BoundedValue, variables_outside
from bff.execution.told import MOST_ERRORS, formatted
from bff.settings.edge import Limit


@dataclass(frozen=True, slots=True)
class Document:
    """With what is checked against each request's variables."""

    schema: GraphQLSchema
    text: str
    ast: DocumentNode
    tokens: int
    operations: Mapping[str | None, OperationDefinitionNode]
    bounded: tuple[BoundedValue, ...]
    exceeded: tuple[LimitExceeded, ...]
    """Limits that it goes over and that are only told of."""

    costs: Mapping[str | None, VariableCost]
    """Of operations for whose cost variables decide whether it is too much."""

    cost: Limit
    hide_suggestions: bool
    tell: Listener

    def check(self, operation_name: str | None, variables: Mapping[str, Any]) -> None:
        """Raises `BadUserInput` where this request could not run it: no such operation, or wrong variables; and
        `QueryTooComplex` where with these variables it costs too much.
        """
        operation = self.operation(operation_name)
        if not operation.variable_definitions:
            return
        coerced = get_variable_values(
            self.schema, operation.variable_definitions, dict(variables), MOST_ERRORS, self.hide_suggestions
        )
        if isinstance(coerced, list):
            raise BadUserInput("The variables do not fit.", formatted(coerced))
        if outside := variables_outside(self.bounded, coerced.coerced):
            raise BadUserInput("The variables do not fit.", formatted(outside))
        cost = self.costs.get(operation.name.value if operation.name else None)
        if cost is not None:
            self._afford(cost(coerced.coerced))

    def name(self, operation_name: str | None) -> str | None:
        """Of the operation that is to run."""
        return operation_name or (next(iter(self.operations)) if len(self.operations) == 1 else None)

    def kind(self, operation_name: str | None) -> OperationType:
        """Whether it reads, changes something or subscribes. Raises `BadUserInput` where there is no such operation."""
        return self.operation(operation_name).operation

    def operation(self, name: str | None) -> OperationDefinitionNode:
        """The one to run. Raises `BadUserInput` where that cannot be said."""
        if name is None and len(self.operations) == 1:
            return next(iter(self.operations.values()))
        if name is not None and name in self.operations:
            return self.operations[name]
        known = ", ".join(f"`{each:.100}`" for each in list(self.operations)[:MOST_ERRORS] if each)
        asked = "no `operationName`" if name is None else f"`operationName` {name!r:.100}"
        holds = known or "one without a name"
        raise BadUserInput(f"The request has {asked}, the document holds {holds}: name the one to run.")

    def _afford(self, cost: int) -> None:
        exceeded = over("cost", cost, self.cost)
        for each in exceeded:
            self.tell(each)
        if refusal := too_complex(exceeded):
            raise refusal


@dataclass(frozen=True, slots=True)
class Refused:
    """A document that may not run, and why: as it is told, without the syntax tree that errors hold on to."""

    error: type[RequestError]
    details: Sequence[Mapping[str, Any]]
    exceeded: tuple[LimitExceeded, ...] = ()

    def refusal(self) -> RequestError:
        """A new one each time: raised ones keep what they were raised in."""
        return self.error("The document cannot run.", self.details)
