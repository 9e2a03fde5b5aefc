"""Who executes a request: what a client has deferred comes in frames of its own, where the client takes frames."""

from collections.abc import Iterator, Sequence
from typing import Any

from graphql import DocumentNode, GraphQLError, GraphQLObjectType, GraphQLSchema
from graphql.execution import Executor
from graphql.execution.collect_fields import DeferUsage, GroupedFieldSet
from graphql.execution.incremental import IncrementalExecutor
from graphql.pyutils import Path, RefSet

from bff.execution.leaves import LeafFirstExecutor
from bff.report import Part


class PageExecutor(LeafFirstExecutor):
    """Makes the one that fits whoever asks."""

    @classmethod
    def build(  # type: ignore[override]  # what follows the context goes on as it is
        cls, schema: GraphQLSchema, document: DocumentNode, root_value: Any, context_value: Any, *rest: Any, **more: Any
    ) -> list[GraphQLError] | Executor[Any]:
        """As graphql-core's."""
        fitting = DeferringExecutor if context_value.in_frames else WholeExecutor
        return fitting.build(schema, document, root_value, context_value, *rest, **more)


class WholeExecutor(LeafFirstExecutor):
    """Executes in place what is deferred, as if `@defer` were not there."""

    def execute_collected_root_fields(
        self,
        root_type: GraphQLObjectType,
        root_value: Any,
        grouped_field_set: GroupedFieldSet,
        serially: bool,
        new_defer_usages: Sequence[DeferUsage],
    ) -> Any:
        """As graphql-core's."""
        return self.execute_root_grouped_field_set(root_type, root_value, grouped_field_set, serially, None)

    def execute_collected_subfields(
        self,
        parent_type: GraphQLObjectType,
        source_value: Any,
        path: Path,
        grouped_field_set: GroupedFieldSet,
        new_defer_usages: Sequence[DeferUsage],
        delivery_group_map: Any,
    ) -> Any:
        """As graphql-core's."""
        return self.execute_fields(parent_type, source_value, path, grouped_field_set, None)


class DeferringExecutor(LeafFirstExecutor):
    """Begins at once with what is deferred, and tells its fields that they are."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.enable_early_execution = True

    def create_sub_executor(self, defer_usage_set: RefSet[DeferUsage] | None = None) -> IncrementalExecutor:
        """As graphql-core's: the one for a part that is deferred."""
        executor = super().create_sub_executor(defer_usage_set)
        if defer_usage_set:
            executor.context_value = self.context_value.deferred(_part(defer_usage_set))
        return executor


def _part(usages: RefSet[DeferUsage]) -> Part:
    return Part(tuple(tuple(_named(usage)) for usage in usages))


def _named(usage: DeferUsage | None) -> Iterator[int]:
    """The fragment, then those around it. They live as long as what they are in is executed."""
    while usage is not None:
        yield id(usage)
        usage = usage.parent_defer_usage
