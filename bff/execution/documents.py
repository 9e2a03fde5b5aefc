"""Documents by their text: parsed and validated once, not once for each request.

That is most of what a plain Strawberry server spends on a page.
"""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    get_variable_values,
    parse,
    validate,
)

from bff.errors import BadUserInput, ParseFailed, RequestError, ValidationFailed
from bff.execution.ranges import BoundedValue, bounded_values, literals_outside, variables_outside

MAX_DOCUMENTS: Final = 500
MAX_CHARACTERS: Final = 8 * 1024 * 1024
"""Of text, for all documents that are kept: what is parsed from it is some thirty times as large."""

MAX_TOKENS: Final = 1_000
"""In one document; a landing page asks with some 150. Validation takes longer than linear time."""


@dataclass(frozen=True, slots=True)
class Document:
    """A document that may run, with what is checked against each request's variables."""

    schema: GraphQLSchema
    ast: DocumentNode
    operations: Mapping[str | None, OperationDefinitionNode]
    bounded: tuple[BoundedValue, ...]

    def check(self, operation_name: str | None, variables: Mapping[str, Any]) -> None:
        """Raises `BadUserInput` where this request could not run it: no such operation, or wrong variables."""
        operation = self._operation(operation_name)
        definitions = operation.variable_definitions or ()
        coerced = get_variable_values(self.schema, definitions, dict(variables))
        if isinstance(coerced, list):
            raise BadUserInput("The variables do not fit.", _formatted(coerced))
        if outside := variables_outside(self.bounded, coerced.coerced):
            raise BadUserInput("The variables do not fit.", _formatted(outside))

    def name(self, operation_name: str | None) -> str | None:
        """Of the operation that is to run."""
        return operation_name or (next(iter(self.operations)) if len(self.operations) == 1 else None)

    def _operation(self, name: str | None) -> OperationDefinitionNode:
        if name is None and len(self.operations) == 1:
            return next(iter(self.operations.values()))
        if name is not None and name in self.operations:
            return self.operations[name]
        known = ", ".join(f"`{each}`" for each in self.operations if each) or "one without a name"
        asked = "no `operationName`" if name is None else f"`operationName` {name!r:.100}"
        raise BadUserInput(f"The request has {asked}, the document holds {known}: name the one to run.")


@dataclass(frozen=True, slots=True)
class Refused:
    """A document that may not run, and why: as it is told, without the syntax tree that errors hold on to."""

    error: type[RequestError]
    details: Sequence[Mapping[str, Any]]


class Documents:
    """Least recently used go first, by number and by size. A refusal is kept like any outcome."""

    def __init__(
        self,
        schema: GraphQLSchema,
        *,
        max_documents: int = MAX_DOCUMENTS,
        max_characters: int = MAX_CHARACTERS,
    ) -> None:
        self._schema = schema
        self._max_documents = max_documents
        self._max_characters = max_characters
        self._characters = 0
        self._by_text: OrderedDict[str, Document | Refused] = OrderedDict()

    def get(self, text: str) -> Document:
        """The document. Raises `ParseFailed`, `ValidationFailed` or `BadUserInput` where it may not run."""
        known = self._by_text.get(text)
        if known is None:
            known = self._keep(text, self._made(text))
        else:
            self._by_text.move_to_end(text)
        if isinstance(known, Refused):
            raise known.error("The document cannot run.", known.details)
        return known

    def _keep(self, text: str, made: Document | Refused) -> Document | Refused:
        self._by_text[text] = made
        self._characters += len(text)
        while len(self._by_text) > self._max_documents or self._characters > self._max_characters:
            oldest, _ = self._by_text.popitem(last=False)
            self._characters -= len(oldest)
        return made

    def _made(self, text: str) -> Document | Refused:
        try:
            ast = parse(text, max_tokens=MAX_TOKENS)
        except GraphQLSyntaxError as error:
            return Refused(ParseFailed, _formatted([error]))
        except RecursionError:
            return Refused(ParseFailed, [{"message": "The document is nested too deeply to be read."}])
        if errors := validate(self._schema, ast):
            return Refused(ValidationFailed, _formatted(errors))
        bounded = bounded_values(self._schema, ast)
        if outside := literals_outside(bounded):
            return Refused(BadUserInput, _formatted(outside))
        operations = {
            definition.name.value if definition.name else None: definition
            for definition in ast.definitions
            if isinstance(definition, OperationDefinitionNode)
        }
        return Document(self._schema, ast, operations, bounded)


def _formatted(errors: Sequence[GraphQLError]) -> list[Mapping[str, Any]]:
    return [dict(error.formatted) for error in errors]
