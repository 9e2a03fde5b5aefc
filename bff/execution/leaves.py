"""Plain leaves in one step: an attribute of the right type is its own answer.

For each of a page's two hundred leaves graphql-core builds a resolve info, calls a resolver that is `getattr`, and
asks the scalar to check the type. Where a leaf is nothing but an attribute, this looks at the attribute's type
first. On any surprise (another type, None where none may be, an error) the field goes to graphql-core whole, so that
errors are exact by construction; tests/execution compares both on random records.
"""

import math
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final
from weakref import WeakMethod

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLObjectType,
    GraphQLResolveInfoHelpers,
    GraphQLScalarType,
    GraphQLSchema,
    get_nullable_type,
    is_non_null_type,
)
from graphql.execution.collect_fields import FieldDetails
from graphql.pyutils import Path
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext
from strawberry.schema.schema_converter import CustomGraphQLEnumType, GraphQLCoreConverter
from strawberry.types.field import StrawberryField

LEAVES: Final = "bff.leaves"
"""Under this key a schema's extensions carry its `leaf_table`."""

UNKNOWN: Final = object()
Serialise = Callable[[Any], Any]
Leaf = tuple[str, Serialise]
"""The attribute, and what makes its value the answer; `UNKNOWN` is graphql-core's to judge."""

Table = Mapping[str, Mapping[str, Leaf]]


class LeafFirstExecutor(StrawberryGraphQLCoreExecutionContext):
    """Strawberry's, with a short way for plain leaves. Extensions with `resolve()` close it."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        intercepted = bool(self.middleware_manager and self.middleware_manager.middlewares)
        self.async_helpers = GraphQLResolveInfoHelpers(
            gather=_weakly(self.gather_async_work), track=_weakly(self.track_async_work)
        )
        self._leaves: Table = {} if intercepted else self.schema.extensions.get(LEAVES, {})

    def execute_field(
        self,
        parent_type: GraphQLObjectType,
        source: Any,
        field_details_list: list[FieldDetails],
        path: Path,
        position_context: Any,
    ) -> Any:
        """As graphql-core's."""
        leaf = self._leaves.get(parent_type.name, {}).get(field_details_list[0].node.name.value)
        if leaf is not None:
            answer = _answer(source, *leaf)
            if answer is not UNKNOWN:
                return answer
        return super().execute_field(parent_type, source, field_details_list, path, position_context)


def _weakly(method: Callable[..., Any]) -> Callable[..., Any]:
    """The method of an executor, without keeping it.

    An executor that refers to itself is a cycle, and with it all of a request, the records it answered with included:
    five hundred objects a page that only the cycle collector could free, in pauses of up to 0.7 s.
    """
    weak = WeakMethod(method)

    def call(*arguments: Any) -> Any:
        bound = weak()
        assert bound is not None, "an executor outlives what it executes"
        return bound(*arguments)

    return call


def _answer(source: Any, attribute: str, serialise: Serialise) -> Any:
    try:
        return serialise(getattr(source, attribute))
    except Exception:  # whatever it is, graphql-core meets it again and says where
        return UNKNOWN


def leaf_table(schema: GraphQLSchema) -> Table:
    """The plain leaves of every object type, by type and field name."""
    return {
        name: {field: leaf for field, one in kind.fields.items() if (leaf := _leaf(one)) is not None}
        for name, kind in schema.type_map.items()
        if isinstance(kind, GraphQLObjectType) and not name.startswith("__")
    }


def _leaf(field: GraphQLField) -> Leaf | None:
    definition = field.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
    if not isinstance(definition, StrawberryField) or not definition.is_basic_field or field.args:
        return None
    default_resolver: Any = definition.default_resolver
    if default_resolver is not getattr:
        return None
    serialise = _serialiser(get_nullable_type(field.type))
    if serialise is None:
        return None
    return definition.python_name, serialise if is_non_null_type(field.type) else _nullable(serialise)


def _serialiser(kind: Any) -> Serialise | None:
    if isinstance(kind, GraphQLEnumType):
        return _enum(kind)
    return SCALARS.get(kind.name) if isinstance(kind, GraphQLScalarType) else None


def _nullable(serialise: Serialise) -> Serialise:
    return lambda value: None if value is None else serialise(value)


def _enum(kind: GraphQLEnumType) -> Serialise | None:
    if not isinstance(kind, CustomGraphQLEnumType):
        return None
    members: Any = kind.wrapped_cls
    names: dict[Any, str] = {member: kind.coerce_output_value(member) for member in members}
    return lambda value: names[value] if type(value) is members else UNKNOWN


def _text(value: Any) -> Any:
    return value if type(value) is str else UNKNOWN


def _flag(value: Any) -> Any:
    return value if type(value) is bool else UNKNOWN


def _integer(value: Any) -> Any:
    return value if type(value) is int and -(2**31) <= value < 2**31 else UNKNOWN


def _number(value: Any) -> Any:
    return value if type(value) is float and math.isfinite(value) else UNKNOWN


def _moment(value: Any) -> Any:
    return value.isoformat() if type(value) is datetime else UNKNOWN


SCALARS: Final[Mapping[str, Serialise]] = {
    "String": _text,
    "ID": _text,
    "Boolean": _flag,
    "Int": _integer,
    "Float": _number,
    "DateTime": _moment,
}
