"""Limits enforced and only told of: with each request, also where the outcome is known already."""

from typing import Final

import pytest

from bff.errors import ParseFailed, QueryTooComplex, RequestError, ValidationFailed
from bff.events import Event, LimitExceeded
from bff.execution.documents import Documents
from bff.resilience.mode import Mode
from bff.settings.edge import Limit, Limits
from tests.execution.toy import SCHEMA

DOCUMENTS: Final = {
    "document": "{ n }" + " " * 16,
    "tokens": "{ n n n n n n n }",
    "depth": "{ a { a { n } } }",
    "aliases": "{ b: n c: n d: n }",
    "directives": "query @a @b @c { n }",
    "cost": "{ many(first: 3) { n } }",
}
"""Each over the limit below, and over no other."""

MOST: Final = {"document": 20, "tokens": 8, "depth": 2, "aliases": 2, "directives": 2, "cost": 2}
COUNTS: Final = {"document": 21, "tokens": 9, "depth": 3, "aliases": 3, "directives": 3, "cost": 3}


def limits(name: str, mode: Mode, most: int | None = None) -> Limits:
    return Limits(**{name: Limit(MOST[name] if most is None else most, mode)})


@pytest.mark.parametrize("name", DOCUMENTS)
def test_e2_a_document_over_an_enforced_limit_is_refused_and_told_each_time(name: str) -> None:
    told: list[Event] = []
    documents = Documents(SCHEMA, limits(name, Mode.ENFORCE), tell=told.append)
    for _ in range(3):
        with pytest.raises(QueryTooComplex) as refusal:
            documents.get(DOCUMENTS[name])
        [detail] = refusal.value.details
        assert detail["extensions"] == {"limit": name, "count": COUNTS[name], "most": MOST[name]}
        assert f"at most {MOST[name]} " in detail["message"]
        assert f"BFF_LIMITS__{name.upper()}__MOST" in detail["message"]
    assert told == [LimitExceeded(name, COUNTS[name], MOST[name], True)] * 3


@pytest.mark.parametrize("name", [name for name in DOCUMENTS if name != "directives"])
def test_in_report_only_mode_it_is_told_each_time_and_let_through(name: str) -> None:
    told: list[Event] = []
    documents = Documents(SCHEMA, limits(name, Mode.REPORT_ONLY), tell=told.append)
    for _ in range(3):
        documents.get(DOCUMENTS[name])
    assert told == [LimitExceeded(name, COUNTS[name], MOST[name], False)] * 3


@pytest.mark.parametrize("name", DOCUMENTS)
def test_what_is_just_within_a_limit_is_not_worth_a_word(name: str) -> None:
    told: list[Event] = []
    try:
        Documents(SCHEMA, limits(name, Mode.ENFORCE, COUNTS[name]), tell=told.append).get(DOCUMENTS[name])
    except ValidationFailed:
        assert name == "directives"  # the schema knows none of them
    assert not told


@pytest.mark.parametrize(("name", "text"), [("document", "{ n }" + " " * 196), ("tokens", "{" + " n" * 79 + "}")])
def test_ten_times_as_much_is_refused_in_any_mode(name: str, text: str) -> None:
    told: list[Event] = []
    with pytest.raises(QueryTooComplex):
        Documents(SCHEMA, limits(name, Mode.REPORT_ONLY), tell=told.append).get(text)
    most = 10 * MOST[name]
    assert told == [LimitExceeded(name, most + 1, most, True)]


def test_what_is_refused_for_another_reason_tells_its_limits_too() -> None:
    told: list[Event] = []
    documents = Documents(SCHEMA, Limits(document=Limit(4, Mode.REPORT_ONLY)), tell=told.append)
    for text, refusal in [("{ n n", ParseFailed), ("{ nope }", ValidationFailed)] * 2:
        with pytest.raises(refusal):
            documents.get(text)
    assert [event.limit for event in told if isinstance(event, LimitExceeded)] == ["document"] * 4


def test_of_several_modes_what_is_enforced_is_refused_and_all_is_told() -> None:
    told: list[Event] = []
    both = Limits(aliases=Limit(0, Mode.REPORT_ONLY), depth=Limit(0))
    with pytest.raises(RequestError) as refusal:
        Documents(SCHEMA, both, tell=told.append).get("{ b: n }")
    assert [each["extensions"]["limit"] for each in refusal.value.details] == ["depth"]
    assert told == [LimitExceeded("depth", 1, 0, True), LimitExceeded("aliases", 1, 0, False)]


@pytest.mark.parametrize(("text", "count"), [("{n}#é", 6), ("{n}#😀", 8)])
def test_bytes_are_those_of_utf_8(text: str, count: int) -> None:
    Documents(SCHEMA, Limits(document=Limit(count))).get(text)
    with pytest.raises(QueryTooComplex):
        Documents(SCHEMA, Limits(document=Limit(count - 1))).get(text)


def test_comments_are_tokens() -> None:
    with pytest.raises(QueryTooComplex):
        Documents(SCHEMA, limits("tokens", Mode.ENFORCE)).get("{ n }" + "#\n" * 6)
