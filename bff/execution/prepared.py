"""Hands Strawberry the document that is ready, so that it neither parses nor validates again."""

from collections.abc import Iterator

from strawberry.extensions import SchemaExtension


class PreparedDocument(SchemaExtension):
    """Takes the document from the request's context."""

    def on_operation(self) -> Iterator[None]:
        """Before anything else."""
        ready = self.execution_context.context.document
        self.execution_context.graphql_document = ready.ast
        self.execution_context.pre_execution_errors = []  # not None: validated, and nothing found
        yield
