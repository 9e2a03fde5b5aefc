"""Errors as GraphQL formats them: a few, and short, whatever names and values of the request they quote."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Any, Final

from graphql import GraphQLError

MOST_ERRORS: Final = 10
LONGEST: Final = 400
"""Characters."""


def formatted(errors: Iterable[GraphQLError]) -> Sequence[Mapping[str, Any]]:
    """The first of them."""
    return [_formatted(error) for error in islice(errors, MOST_ERRORS)]


def _formatted(error: GraphQLError) -> Mapping[str, Any]:
    said: dict[str, Any] = dict(error.formatted)
    if len(error.message) > LONGEST:
        said["message"] = f"{error.message[:LONGEST]}…"
    if "locations" in said:
        said["locations"] = said["locations"][:MOST_ERRORS]
    return said
