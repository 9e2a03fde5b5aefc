"""A page's schema as it is executed: with documents that are ready, and a short way for plain leaves."""

from collections.abc import Iterator

from strawberry.extensions import SchemaExtension

from bff.execution.deferring import PageExecutor
from bff.execution.leaves import LEAVES, leaf_table
from bff.page import Page
from bff.page_schema import PageSchema, build_schema


def prepared_schema(page: Page) -> PageSchema:
    """The schema of a page, ready to execute what `Documents` has prepared."""
    schema = build_schema(page, [PreparedDocument], PageExecutor)
    schema._schema.extensions[LEAVES] = leaf_table(schema._schema)  # strawberry has no public name for it
    return schema


class PreparedDocument(SchemaExtension):
    """Takes the document from the request's context, so that Strawberry neither parses nor validates again."""

    def on_operation(self) -> Iterator[None]:
        """Before anything else."""
        ready = self.execution_context.context.document
        self.execution_context.graphql_document = ready.ast
        self.execution_context.pre_execution_errors = []  # not None: validated, and nothing found
        yield
