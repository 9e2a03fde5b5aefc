"""The gate itself, on schemas of a few lines."""

import pytest
from graphql import build_schema

from tests.contract.gate import AcceptedError, Verdict, judge, read_accepted

RELEASED = """
    type Query { things(first: Int! = 10, like: Like): [Thing!]!  any: Any  shape: Shape  tell(of: Part): String }
    type Thing { id: ID!  name: String }
    enum Shape { ROUND }
    enum Part { HEAD }
    input Like { name: String = "it" }
    type Other implements Named { name: String }
    interface Named { name: String }
    union Any = Thing
"""


def judged(before: str, after: str, *accepted: str) -> Verdict:
    """The verdict on the released schema with one text in place of another."""
    assert before in RELEASED
    return judge(build_schema(RELEASED), build_schema(RELEASED.replace(before, after)), accepted)


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        ("name: String }\n    enum", "}\n    enum", "FIELD_REMOVED: Field Thing.name was removed."),
        ("id: ID!", "id: ID", "FIELD_CHANGED_KIND: Field Thing.id changed type from ID! to ID."),
        (
            "tell(of: Part)",
            "tell(of: Part, at: Int!)",
            "REQUIRED_ARG_ADDED: A required argument Query.tell(at:) was added.",
        ),
        ("ROUND", "SQUARE", "VALUE_REMOVED_FROM_ENUM: Enum value Shape.ROUND was removed."),
        ("HEAD", "FOOT", "VALUE_REMOVED_FROM_ENUM: Enum value Part.HEAD was removed."),
    ],
)
def test_a_breaking_change_is_refused(before: str, after: str, change: str) -> None:
    assert change in judged(before, after).refused


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        ("Int! = 10", "Int!", "ARG_DEFAULT_VALUE_CHANGE: Query.things(first:) defaultValue was removed."),
        (
            "Int! = 10",
            "Int! = 20",
            "ARG_DEFAULT_VALUE_CHANGE: Query.things(first:) has changed defaultValue from 10 to 20.",
        ),
        (
            '"it"',
            '"they"',
            'INPUT_FIELD_DEFAULT_VALUE_CHANGE: Like.name has changed defaultValue from "it" to "they".',
        ),
        (
            "tell(of: Part)",
            "tell(of: Part, at: Int)",
            "OPTIONAL_ARG_ADDED: An optional argument Query.tell(at:) was added.",
        ),
        ("ROUND", "ROUND SQUARE", "VALUE_ADDED_TO_ENUM: Enum value Shape.SQUARE was added."),
        ("= Thing", "= Thing | Other", "TYPE_ADDED_TO_UNION: Other was added to union type Any."),
        (
            "type Thing {",
            "type Thing implements Named {",
            "IMPLEMENTED_INTERFACE_ADDED: Named added to interfaces implemented by Thing.",
        ),
        (
            "union",
            "type New implements Named { name: String } union",
            "TYPE_ADDED_TO_INTERFACE: New was added to interface Named.",
        ),
    ],
)
def test_a_change_that_is_only_called_dangerous_is_refused_too(before: str, after: str, change: str) -> None:
    assert judged(before, after).refused == (change,)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("id: ID!", 'id: ID!  "What it is called."  title: String'),
        ("name: String }\n    enum", 'name: String @deprecated(reason: "Use `title`.") }\n    enum'),
        ("union", "type New { id: ID } union"),
        ("HEAD", "HEAD FOOT"),
    ],
    ids=["a field more", "deprecated", "a type more", "a value more in an enum that clients only send"],
)
def test_a_change_that_breaks_no_client_is_let_through(before: str, after: str) -> None:
    assert judged(before, after).objection == ""


def test_an_accepted_change_is_let_through_and_no_other_with_it() -> None:
    accepted = "ARG_DEFAULT_VALUE_CHANGE: Query.things(first:) has changed defaultValue from 10 to 20."
    assert judged("Int! = 10", "Int! = 20", accepted).objection == ""
    assert judged("Int! = 10", "Int! = 30", accepted).refused != ()


def test_an_accepted_change_that_is_none_is_refused() -> None:
    accepted = "FIELD_REMOVED: Field Thing.name was removed."
    verdict = judged("ROUND", "ROUND", accepted)
    assert verdict == Verdict(refused=(), stale=(accepted,))
    assert "Remove:" in verdict.objection
    assert accepted in verdict.objection


def test_a_refusal_names_the_change_and_every_way_out() -> None:
    objection = judged("Int! = 10", "Int!").objection
    assert "  ARG_DEFAULT_VALUE_CHANGE: Query.things(first:) defaultValue was removed." in objection
    assert "Undo" in objection
    assert "deprecation_reason" in objection
    assert "tests/contract/accepted.toml" in objection


def test_the_text_to_paste_accepts_the_change_once_it_has_a_reason() -> None:
    verdict = judged('"it"', '"they"')
    entry = verdict.objection.partition("[[accepted]]")
    pasted = "".join(entry[1:])
    with pytest.raises(AcceptedError, match="reason"):
        read_accepted(pasted)
    accepted = read_accepted(pasted.replace("reason = ''", "reason = 'No client sends it.'"))
    assert accepted == {verdict.refused[0]: "No client sends it."}
    assert judged('"it"', '"they"', *accepted).objection == ""


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[[accepted]]\nchange = 'X'", "entry 1 has the reason None"),
        ("[[accepted]]\nchange = 'X'\nreason = '  '", "entry 1 has the reason '  '"),
        ("[[accepted]]\nreason = 'Why not.'", "entry 1 has the change None"),
        ("[[accepted]]\nchange = 'X'\nreason = 1", "entry 1 has the reason 1"),
        ("[[accepted]]\nchange = 'X'\nreason = 'Y'\nuntil = 'Z'", "`change` and `reason` alone"),
        ("[[accepted]]\nchange = 'X'\nreason = 'Y'\n" * 2, "entry 2 says again"),
        ("accepted = ['X']", "entry 1 is 'X'"),
        ("accepted = 'X'", r"holds \[\[accepted\]\] entries"),
        ("[[acepted]]\nchange = 'X'\nreason = 'Y'", r"holds \[\[accepted\]\] entries"),
        ("[[accepted", "no TOML"),
    ],
)
def test_what_is_accepted_must_say_which_change_and_why(text: str, complaint: str) -> None:
    with pytest.raises(AcceptedError, match=complaint):
        read_accepted(text)


def test_nothing_is_accepted_by_an_empty_file() -> None:
    assert read_accepted("# Nothing.\n") == {}
