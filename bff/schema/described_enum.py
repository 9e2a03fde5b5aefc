"""A record's enum as GraphQL shows it, each value described: the record itself knows no GraphQL."""

from collections.abc import Mapping
from enum import Enum
from typing import Any, TypeVar

import strawberry

E = TypeVar("E", bound=Enum)


def described_enum(members: type[E], description: str, meanings: Mapping[E, str]) -> Any:
    """The GraphQL enum of `members`, for a field's `graphql_type`; `meanings` says what each value means."""
    shown: Any = strawberry.enum(members, description=description)
    for value in shown.__strawberry_definition__.values:
        value.description = meanings.get(members[value.name])
    return shown
