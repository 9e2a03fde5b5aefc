"""What is validated besides, or otherwise than, by the specification."""

from collections.abc import Collection
from typing import Any, Final

from graphql import SKIP, FieldNode, GraphQLError, VisitorAction, specified_rules
from graphql.validation import ASTValidationRule, OverlappingFieldsCanBeMergedRule, ValidationContext, ValidationRule

from bff.execution.limits.shapes import ABOUT_THE_SCHEMA

COMPARISONS: Final = 20
"""For each token a document may have: which fields can be merged takes the square of how many have the same name.
graphql-core's own bound lets a document of a thousand tokens take 0.15 s.
"""


def rules(tokens: int, *, introspection: bool) -> Collection[type[ASTValidationRule]]:
    """For documents of at most so many tokens."""

    class BoundedOverlap(OverlappingFieldsCanBeMergedRule):
        """Gives up earlier."""

        def __init__(self, context: ValidationContext) -> None:
            super().__init__(context)
            self.rule_context.remaining_complexity_budget = COMPARISONS * tokens

    others = [rule for rule in specified_rules if rule is not OverlappingFieldsCanBeMergedRule]
    return (*([] if introspection else [IntrospectionIsOff]), *others, BoundedOverlap)


class IntrospectionIsOff(ValidationRule):
    """Says so once for each place, and how it is switched on."""

    def enter_field(self, node: FieldNode, *_: Any) -> VisitorAction:
        """Of the fields that every query has."""
        if (
            node.name.value not in ABOUT_THE_SCHEMA
            or self.context.get_parent_type() is not self.context.schema.query_type
        ):
            return None
        off = f"`{node.name.value}` is not answered: introspection is off here. BFF_INTROSPECTION=on allows it."
        self.report_error(GraphQLError(off, node))
        return SKIP
