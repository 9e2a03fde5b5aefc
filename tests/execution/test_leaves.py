"""The short way for plain leaves answers what graphql-core answers, errors and all."""

from datetime import UTC, datetime
from enum import Enum
from types import SimpleNamespace
from typing import Any

import graphql
import pytest
import strawberry
from hypothesis import given
from hypothesis import strategies as st
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from bff.execution.leaves import LEAVES, LeafFirstExecutor, leaf_table


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


class Other(Enum):
    RED = "red"


ColourType = strawberry.enum(Colour)


@strawberry.type
class Thing:
    text: str
    maybe_text: str | None
    identity: strawberry.ID
    flag: bool
    maybe_flag: bool | None
    number: int
    maybe_number: int | None
    share: float
    maybe_share: float | None
    moment: datetime
    maybe_moment: datetime | None
    colour: Colour = strawberry.field(graphql_type=ColourType)
    maybe_colour: Colour | None = strawberry.field(graphql_type=ColourType | None)

    @strawberry.field
    def computed(self) -> str:
        return "by a resolver"


@strawberry.type
class Query:
    @strawberry.field(graphql_type=list[Thing | None])  # type: ignore[untyped-decorator]  # its overloads know no such type
    def things(self, info: strawberry.Info[Any, None]) -> Any:
        return info.context


SCHEMA = strawberry.Schema(Query)
GRAPHQL = SCHEMA._schema
FIELDS = list(leaf_table(GRAPHQL)["Thing"])
QUERY = graphql.parse("{ things { __typename " + " ".join(GRAPHQL.type_map["Thing"].fields) + " } }")  # type: ignore[attr-defined]  # it is an object type

GOOD = {
    "text": "t",
    "maybe_text": None,
    "identity": "1",
    "flag": True,
    "maybe_flag": None,
    "number": 1,
    "maybe_number": None,
    "share": 0.5,
    "maybe_share": None,
    "moment": datetime(2026, 1, 1, tzinfo=UTC),
    "maybe_moment": None,
    "colour": Colour.RED,
    "maybe_colour": None,
}

ANYTHING = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**40), 2**40),
    st.floats(),
    st.text(max_size=3),
    st.datetimes(),
    st.sampled_from([*Colour, *Other, "red", "RED", b"bytes", [], {}, Ellipsis]),
)


def executed(executor: type[StrawberryGraphQLCoreExecutionContext], things: list[Any]) -> tuple[Any, Any]:
    result = graphql.execute(GRAPHQL, QUERY, context_value=things, executor_class=executor)
    assert isinstance(result, graphql.ExecutionResult)
    return result.data, [error.formatted for error in result.errors or ()]


@pytest.fixture(autouse=True, scope="module")
def _with_leaves() -> None:
    GRAPHQL.extensions[LEAVES] = leaf_table(GRAPHQL)


def test_every_plain_leaf_is_known_and_nothing_else() -> None:
    assert len(FIELDS) == len(GOOD)
    assert "computed" not in FIELDS


@given(st.lists(st.dictionaries(st.sampled_from(sorted(GOOD)), ANYTHING, max_size=3), max_size=3))
def test_any_values_whatever_are_answered_as_graphql_core_answers_them(changes: list[dict[str, Any]]) -> None:
    things = [SimpleNamespace(**{**GOOD, **change}) for change in changes]

    assert executed(LeafFirstExecutor, things) == executed(StrawberryGraphQLCoreExecutionContext, things)


class Raising:
    """A record one of whose attributes raises when it is read."""

    def __init__(self, name: str, error: Exception) -> None:
        self._name = name
        self._error = error

    def __getattr__(self, name: str) -> Any:
        if name == self._name:
            raise self._error
        return GOOD[name]


@pytest.mark.parametrize("name", GOOD)
@pytest.mark.parametrize("error", [AttributeError("missing"), ZeroDivisionError("a property's own")], ids=repr)
def test_an_attribute_that_is_missing_or_raises_is_answered_as_graphql_core_answers_it(
    name: str, error: Exception
) -> None:
    things = [Raising(name, error)]

    assert executed(LeafFirstExecutor, things) == executed(StrawberryGraphQLCoreExecutionContext, things)
