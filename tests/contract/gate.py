"""The gate before the schema: what could break a client of the released one is refused, unless a review accepted it.

Stricter than the change finder in two things and laxer in one. A type that joins an interface is as much news to a
client as one that joins a union. What it calls dangerous is refused like what it calls breaking: taking the default
from `first: Int! = 10` fails every query that left it out. But a value added to an enum that clients only send is
news to nobody.
"""

import json
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graphql import (
    DangerousChangeType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    SafeChangeType,
    find_schema_changes,
    get_named_type,
)

HERE = Path(__file__).parent
RELEASED = HERE / "released.graphql"
ACCEPTED = HERE / "accepted.toml"

ADVICE = """\
These changes could break a client of the released schema (tests/contract/released.graphql):

{changes}

Undo them. To replace something, add the new beside the old and give the old a `deprecation_reason`. Where no client
can be hurt, accept the change in tests/contract/accepted.toml, with a reason that a reviewer can check:

{entries}"""

STALE = """\
tests/contract/accepted.toml accepts what is no change to the released schema (any more). Remove:

{changes}"""


class AcceptedError(ValueError):
    """`accepted.toml` is not what it must be."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What stands between a schema and its merge: nothing, if both are empty."""

    refused: tuple[str, ...]
    stale: tuple[str, ...]

    @property
    def objection(self) -> str:
        """What is wrong and what to do; empty where nothing is."""
        told = []
        if self.refused:
            entries = "\n\n".join(f"[[accepted]]\nchange = {_quoted(change)}\nreason = ''" for change in self.refused)
            told.append(ADVICE.format(changes=_indented(self.refused), entries=entries))
        if self.stale:
            told.append(STALE.format(changes=_indented(self.stale)))
        return "\n\n".join(told)


def judge(released: GraphQLSchema, proposed: GraphQLSchema, accepted: Iterable[str]) -> Verdict:
    """Compares two schemas; each accepted change lets through exactly what it says."""
    risks = tuple(dict.fromkeys(_risks(released, proposed)))
    accepted = tuple(accepted)
    return Verdict(
        refused=tuple(risk for risk in risks if risk not in accepted),
        stale=tuple(change for change in accepted if change not in risks),
    )


def read_accepted(text: str) -> Mapping[str, str]:
    """Each accepted change with its reason. Raises `AcceptedError`."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise AcceptedError(f"accepted.toml is no TOML: {error}") from error
    entries = table.pop("accepted", [])
    if table or not isinstance(entries, list):
        raise AcceptedError("accepted.toml holds [[accepted]] entries, each with `change` and `reason`, and no more")
    reasons: dict[str, str] = {}
    for number, entry in enumerate(entries, start=1):
        change, reason = _read_entry(number, entry)
        if change in reasons:
            raise AcceptedError(f"[[accepted]] entry {number} says again what an earlier one says: {change}")
        reasons[change] = reason
    return reasons


def _read_entry(number: int, entry: Any) -> tuple[str, str]:
    if not isinstance(entry, dict) or entry.keys() - {"change", "reason"}:
        raise AcceptedError(f"[[accepted]] entry {number} is {entry!r}, it must have `change` and `reason` alone")
    for name in ("change", "reason"):
        value = entry.get(name)
        if not isinstance(value, str) or not value.strip():
            raise AcceptedError(
                f"[[accepted]] entry {number} has the {name} {value!r}, it must be a text that says something"
            )
    return entry["change"], entry["reason"]


def _risks(released: GraphQLSchema, proposed: GraphQLSchema) -> Iterator[str]:
    harmless = tuple(f"Enum value {name}." for name in proposed.type_map.keys() - _received(proposed))
    for change in find_schema_changes(released, proposed):
        only_sent = change.type is DangerousChangeType.VALUE_ADDED_TO_ENUM and change.description.startswith(harmless)
        if not isinstance(change.type, SafeChangeType) and not only_sent:
            yield f"{change.type.name}: {change.description}"
    yield from _joined_interfaces(released, proposed)


def _received(schema: GraphQLSchema) -> set[str]:
    """The names of the types that answers are made of."""
    composite = (GraphQLObjectType, GraphQLInterfaceType)
    types = [each for each in schema.type_map.values() if isinstance(each, composite)]
    return {get_named_type(field.type).name for each in types for field in each.fields.values()}


def _joined_interfaces(released: GraphQLSchema, proposed: GraphQLSchema) -> Iterator[str]:
    """New types under an interface that clients know. One that is no new type is found by the change finder."""
    for added in sorted(proposed.type_map.keys() - released.type_map.keys()):
        kind = proposed.type_map[added]
        if isinstance(kind, GraphQLObjectType):
            for interface in kind.interfaces:
                if interface.name in released.type_map:
                    yield f"TYPE_ADDED_TO_INTERFACE: {added} was added to interface {interface.name}."


def _indented(lines: Iterable[str]) -> str:
    return "\n".join(f"  {line}" for line in lines)


def _quoted(text: str) -> str:
    """As a TOML string: JSON's escapes are TOML's too."""
    return json.dumps(text, ensure_ascii=False)
