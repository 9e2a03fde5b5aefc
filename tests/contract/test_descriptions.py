"""Everything a frontend developer meets in GraphiQL says what it is."""

from collections.abc import Iterator

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    build_schema,
    is_introspection_type,
    is_specified_scalar_type,
)


def undescribed(schema: GraphQLSchema) -> Iterator[str]:
    """Each type, field, argument and enum value without a description, by its coordinate: `Todo.dueAt`."""
    for kind in schema.type_map.values():
        if not (is_introspection_type(kind) or is_specified_scalar_type(kind)):
            described = {kind.name: kind.description}
            match kind:
                case GraphQLObjectType() | GraphQLInterfaceType():
                    for name, field in kind.fields.items():
                        described[f"{kind.name}.{name}"] = field.description
                        for argument, of in field.args.items():
                            described[f"{kind.name}.{name}({argument}:)"] = of.description
                case GraphQLEnumType():
                    described |= {f"{kind.name}.{name}": value.description for name, value in kind.values.items()}
                case GraphQLInputObjectType():
                    described |= {f"{kind.name}.{name}": field.description for name, field in kind.fields.items()}
            yield from (place for place, text in described.items() if not (text and text.strip()))


def test_everything_in_the_schema_has_a_description(landing_page: GraphQLSchema) -> None:
    missing = sorted(undescribed(landing_page))
    assert not missing, f"say what a frontend developer gets from {', '.join(missing)}"


def test_whatever_lacks_a_description_is_found() -> None:
    schema = build_schema("""
        type Query { one(two: Three): Four }
        input Three { five: Int }
        enum Four { SIX }
        "Described" type Seven { "Described" eight("Described" nine: Int): Int  " " ten: Int }
    """)
    assert set(undescribed(schema)) == {
        "Query",
        "Query.one",
        "Query.one(two:)",
        "Three",
        "Three.five",
        "Four",
        "Four.SIX",
        "Seven.ten",
    }
