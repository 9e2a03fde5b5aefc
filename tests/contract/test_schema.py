"""The landing page's schema against what is written down, released and promised of it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from graphql import (
    DirectiveDefinitionNode,
    EnumTypeDefinitionNode,
    GraphQLSchema,
    InterfaceTypeDefinitionNode,
    Node,
    ObjectTypeDefinitionNode,
    TypeDefinitionNode,
    Visitor,
    build_schema,
    parse,
    print_ast,
    visit,
)

from tests.contract.gate import ACCEPTED, RELEASED, judge, read_accepted

ROOT = Path(__file__).parent.parent.parent
PROMISED = Path(__file__).parent / "promised.graphql"


class WithoutDescriptions(Visitor):
    """Takes every description away."""

    def enter(self, node: Any, *_: Any) -> Any:
        return replace(node, description=None) if getattr(node, "description", None) else None


def statements(sdl: str) -> Iterator[str]:
    """One line for each thing a schema says: `Todo.dueAt: DateTime`, `Section.VIEWER`, `type Todo`."""
    for definition in visit(parse(sdl), WithoutDescriptions()).definitions:
        if isinstance(definition, DirectiveDefinitionNode):
            yield print_ast(definition)
            continue
        assert isinstance(definition, TypeDefinitionNode)
        yield print_ast(definition).partition(" {")[0]
        yield from (f"{definition.name.value}.{print_ast(part)}" for part in _parts(definition))


def _parts(definition: TypeDefinitionNode) -> tuple[Node, ...]:
    match definition:
        case ObjectTypeDefinitionNode() | InterfaceTypeDefinitionNode():
            return tuple(definition.fields or ())
        case EnumTypeDefinitionNode():
            return tuple(definition.values or ())
    return ()


def test_the_written_schema_is_what_the_code_says(sdl: str) -> None:
    written = (ROOT / "schema.graphql").read_text()
    assert written == f"{sdl}\n", "schema.graphql is not what the code says: run `make schema` and review its diff"


def test_no_change_since_the_release_can_break_a_client_unless_a_review_accepted_it(
    landing_page: GraphQLSchema,
) -> None:
    verdict = judge(build_schema(RELEASED.read_text()), landing_page, read_accepted(ACCEPTED.read_text()))
    if verdict.objection:
        pytest.fail(verdict.objection, pytrace=False)


def test_the_page_has_everything_that_was_promised_as_it_was_promised(sdl: str) -> None:
    # It may have more: that is how a page grows. What is no longer as promised shows here as missing.
    missing = set(statements(PROMISED.read_text())) - set(statements(sdl))
    assert not missing, f"promised in {PROMISED.name}, and not so in the schema: {sorted(missing)}"
