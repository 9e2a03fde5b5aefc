"""From a page to its GraphQL schema: the query, `status(of:)` and the enum of sections are made here."""

from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Annotated, Any

import strawberry
from graphql import GraphQLError, GraphQLStreamDirective
from strawberry.extensions import SchemaExtension
from strawberry.schema.config import StrawberryConfig
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext
from strawberry.tools import create_type
from strawberry.types import ExecutionContext
from strawberry.types.base import get_object_definition
from strawberry.types.field import StrawberryField
from strawberry.types.info import Info

from bff.context import Context
from bff.page import Page
from bff.section_status import SectionStatus, status_of


@dataclass(frozen=True, slots=True)
class PageRoot:
    """What the fields of a page resolve on."""

    id: str


class PageSchema(strawberry.Schema):
    """Strawberry's, but for its log of errors: they are masked and logged where the answer is sent. With `@defer`,
    without `@stream`: a page's lists are short.
    """

    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        """Nothing: see the class."""


def build_schema(
    page: Page,
    extensions: Sequence[Callable[[], SchemaExtension]] = (),
    executor: type[StrawberryGraphQLCoreExecutionContext] | None = None,
) -> PageSchema:
    """The schema of a page."""
    schema = PageSchema(
        _query(page),
        types=page.types,
        extensions=extensions,
        execution_context_class=executor,
        config=StrawberryConfig(enable_experimental_incremental_execution=True),
    )
    core = schema._schema  # strawberry has no public name for it
    core.directives = tuple(each for each in core.directives if each is not GraphQLStreamDirective)
    return schema


def _query(page: Page) -> type:
    page_type = _page_type(page)

    def resolve(info: Info[Context, None]) -> PageRoot:
        return PageRoot(id=info.context.origin.viewer)

    field = _field(
        resolver=resolve,
        name=page.name,
        graphql_type=page_type,
        description="The signed-in user's page. Its sections are independent: each is null, alone, when it must be.",
    )
    field.python_name = page.name
    return create_type("Query", [field], description="Where every query starts.")


def _page_type(page: Page) -> type:
    definition = get_object_definition(page.root, strict=True)
    fields = [_identity(), *definition.fields, _status(page)]
    return create_type(definition.name, fields, description=definition.description)


def _identity() -> StrawberryField:
    field = _field(
        graphql_type=strawberry.ID,
        description="One for each viewer, so that client caches merge what they know of the page.",
    )
    field.python_name = "id"
    return field


def _status(page: Page) -> StrawberryField:
    def status(info: Info[Context, None], of: Any) -> Coroutine[Any, Any, SectionStatus]:
        context = info.context
        return status_of(of.value, tuple(info.path.as_list())[:-1], context.report, context.part)

    which = strawberry.argument(description="Which section.")
    status.__annotations__["of"] = Annotated[_section_enum(page), which]
    return _field(
        resolver=status,
        graphql_type=SectionStatus,
        description="How a section of this very answer was come by. `DISABLED` where the query does not ask for it.",
    )


def _section_enum(page: Page) -> type[Enum]:
    """Made from the page's sections, each described as its field is."""
    described = {field.python_name: field.description for field in get_object_definition(page.root, strict=True).fields}
    members = {
        section.name.upper(): strawberry.enum_value(section.name, description=described[section.name])
        for section in page.sections
    }
    sections: type[Enum] = Enum("Section", members)  # type: ignore[misc]  # its members are the page's sections
    return strawberry.enum(sections, description="The sections of the page.")


def _field(**options: Any) -> StrawberryField:
    field: StrawberryField = strawberry.field(**options)
    return field
