"""Everything the schema offers is there to be had: no field without its attribute, no section without its answer."""

import pytest
from graphql import (
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    build_schema,
    get_named_type,
    is_leaf_type,
)

from bff.page_schema import build_schema as schema_of
from bff.schema import page
from tests.page_client import landing
from tests.upstreams_in_process import InProcessUpstreams

pytestmark = pytest.mark.virtual_time

DEEPEST = 5


def everything(schema: GraphQLSchema, kind: GraphQLObjectType | GraphQLInterfaceType, depth: int = 0) -> str:
    """Each field of a type, and what it leads to."""
    asked = ["__typename"]
    for name, field in kind.fields.items():
        inner = get_named_type(field.type)
        if name == "status":
            asked += [f"{of}: status(of: {of}) {{ state }}" for of in schema.type_map["Section"].values]  # type: ignore[attr-defined]  # it is an enum
        elif is_leaf_type(inner):
            asked.append(name)
        elif depth < DEEPEST and isinstance(inner, GraphQLObjectType | GraphQLInterfaceType):
            asked.append(f"{name} {{ {everything(schema, inner, depth + 1)} }}")
    if isinstance(kind, GraphQLInterfaceType):
        for member in schema.get_possible_types(kind):
            asked.append(f"... on {member.name} {{ {everything(schema, member, depth)} }}")
    return " ".join(asked)


async def test_every_field_of_the_schema_has_an_answer() -> None:
    schema = build_schema(schema_of(page).as_str())
    assert schema.query_type is not None
    async with landing(InProcessUpstreams()) as client:
        answer = await client.ask(f"{{ {everything(schema, schema.query_type)} }}")

    assert "errors" not in answer.body
    assert set(answer.states().values()) == {"LIVE"}
    assert all(answer.page[section.name] for section in page.sections), "users of the simulation have some of each"
