"""A GET changes nothing: what is asked for by one must be a query."""

from typing import Final

from graphql import GraphQLError, OperationType, get_operation_ast, parse

from bff.errors import MethodNotAllowed
from bff.execution.asked import Asked

OTHER_KINDS: Final = ("mutation", "subscription")
MOST_TOKENS: Final = 1_000
"""A document with more is refused as too complex later."""


def only_reading(asked: Asked) -> Asked:
    """The same. Raises `MethodNotAllowed`.

    A schema without mutations would refuse one too, but as a sound request with a wrong document. Only a text with such
    a word in it is parsed here; a document that is asked for by its name has been validated.
    """
    if asked.query is not None and any(kind in asked.query for kind in OTHER_KINDS):
        try:
            document = parse(asked.query, no_location=True, max_tokens=MOST_TOKENS)
        except (GraphQLError, RecursionError):
            return asked  # which is told where it is parsed for good
        operation = get_operation_ast(document, asked.operation_name)
        if operation is not None and operation.operation is not OperationType.QUERY:
            raise MethodNotAllowed(f"Send a {operation.operation.value} by POST: a GET only reads.")
    return asked
