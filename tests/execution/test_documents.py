"""Documents: what they may ask, what is said of those that may not run, and how many are kept."""

from typing import Any, Final

import pytest
from graphql import OperationType, get_introspection_query

from bff.errors import BadUserInput, ParseFailed, QueryTooComplex, RequestError, ValidationFailed
from bff.execution.documents import Documents, name_of
from bff.execution.kept import Kept
from bff.execution.told import LONGEST, MOST_ERRORS
from bff.page_schema import build_schema
from bff.schema import page
from tests.execution.toy import SCHEMA

LANDING_PAGE: Final = build_schema(page)._schema


def refusal(text: str, kind: type[RequestError], **options: Any) -> RequestError:
    with pytest.raises(kind) as refused:
        Documents(LANDING_PAGE, **options).get(text)
    return refused.value


def test_the_same_text_is_prepared_once() -> None:
    documents = Documents(SCHEMA)
    assert documents.get("{ n }") is documents.get("{ n }") is documents.named(name_of("{ n }"))
    assert documents.named(name_of("{ a }")) is None


@pytest.mark.parametrize("text", [get_introspection_query(), '{ __type(name: "Todo") { name } }'])
def test_introspection_is_off_unless_asked_for_and_the_answer_says_how(text: str) -> None:
    [detail] = refusal(text, ValidationFailed).details
    assert "BFF_INTROSPECTION=on" in detail["message"]
    assert detail["locations"]
    assert Documents(LANDING_PAGE, introspection=True).get(text).text == text


def test_introspection_hides_in_no_fragment() -> None:
    refusal("{ ...F } fragment F on Query { ... { x: __schema { queryType { name } } } }", ValidationFailed)


def test_type_names_are_no_introspection() -> None:
    text = "{ __typename landingPage { __typename } }"
    assert Documents(LANDING_PAGE).get(text).text == text


NEARLY: Final = [
    "{ landingPag { id } }",
    "{ landingPage { messagez { id } } }",
    "{ landingPage { messages(frist: 3) { id } } }",
    "{ landingPage { status(of: VIEWR) { state } } }",
    "{ landingPage { ... on LandingPag { id } } }",
    "query($s: Sectio) { landingPage { status(of: $s) { state } } }",
    "{ landingPage @skop(if: true) { id } }",
]


@pytest.mark.parametrize("text", NEARLY)
def test_names_that_are_nearly_right_are_suggested_only_where_the_schema_may_be_asked_for(text: str) -> None:
    assert not any("Did you mean" in each["message"] for each in refusal(text, ValidationFailed).details)


def test_suggestions_are_made_where_introspection_is_on() -> None:
    [detail] = refusal(NEARLY[1], ValidationFailed, introspection=True).details
    assert "Did you mean 'messages'" in detail["message"]


@pytest.mark.parametrize(("introspection", "suggested"), [(True, True), (False, False)])
def test_the_same_holds_for_variables(introspection: bool, suggested: bool) -> None:
    text = "query($s: Section!) { landingPage { status(of: $s) { state } } }"
    document = Documents(LANDING_PAGE, introspection=introspection).get(text)
    with pytest.raises(BadUserInput) as refused:
        document.check(None, {"s": "VIEWR"})
    assert ("Did you mean" in refused.value.details[0]["message"]) is suggested


def test_errors_are_few_and_short() -> None:
    details = refusal("{ " + " ".join(f"x{n}{'y' * 1_000}" for n in range(30)) + " }", ValidationFailed).details
    assert len(details) == MOST_ERRORS
    assert max(len(each["message"]) for each in details) == LONGEST + 1


def test_errors_of_variables_are_few_and_short() -> None:
    head = " ".join(f"$v{n}: Boolean!" for n in range(30))
    fields = " ".join(f"... @include(if: $v{n}) {{ n }}" for n in range(30))
    document = Documents(SCHEMA).get(f"query({head}) {{ {fields} }}")
    with pytest.raises(BadUserInput) as refused:
        document.check(None, {"v0": ["x" * 100_000] * 50})
    assert len(refused.value.details) == MOST_ERRORS
    assert max(len(each["message"]) for each in refused.value.details) <= LONGEST + 1


def test_what_takes_too_long_to_validate_is_given_up() -> None:
    """Which fields of the same name can be merged takes the square of how many there are."""
    error = refusal("{ landingPage { " + "viewer { id } " * 220 + "} }", QueryTooComplex)
    assert "repeats too many fields" in error.details[0]["message"]


def test_what_nests_too_deeply_cannot_be_read() -> None:
    refusal("{a" * 250 + "}" * 250, ParseFailed)


SEVERAL: Final = "query A { n } mutation B { a { n } }"


@pytest.mark.parametrize(("name", "kind"), [("A", OperationType.QUERY), ("B", OperationType.MUTATION)])
def test_the_kind_is_of_the_operation_that_is_to_run(name: str, kind: OperationType) -> None:
    assert Documents(SCHEMA).get(SEVERAL).kind(name) is kind


@pytest.mark.parametrize("name", [None, "C"])
def test_without_its_name_nobody_can_say_which_one_runs(name: str | None) -> None:
    with pytest.raises(BadUserInput, match="`A`, `B`"):
        Documents(SCHEMA).get(SEVERAL).kind(name)


def test_documents_are_kept_by_number_and_by_bytes_and_refusals_do_not_crowd_them_out() -> None:
    documents = Documents(SCHEMA, max_documents=2, max_bytes=4_000)
    kept = documents.get("{ n }")
    for n in range(1_000):
        with pytest.raises(ValidationFailed):
            documents.get(f"{{ x{n} }}")
    assert documents.get("{ n }") is kept
    documents.get("{ n n n }")
    assert documents.get("{ n }") is not kept


def test_a_long_text_weighs_too() -> None:
    documents = Documents(SCHEMA, max_bytes=40_000)
    kept = documents.get("{ n }")
    documents.get("{ n } #" + "x" * 30_000)
    assert documents.get("{ n }") is kept
    documents.get("{ n } #" + "é" * 9_000)
    documents.get("{ n } #" + "y" * 30_000)
    assert documents.get("{ n }") is not kept


def test_what_was_used_longest_ago_goes_first() -> None:
    kept: Kept[int] = Kept(3, 100)
    for name in "abc":
        kept.keep(name, ord(name), 10)
    assert kept.get("a")
    kept.keep("d", 1, 10)
    assert (kept.get("b"), len(kept), kept.weight) == (None, 3, 30)
    kept.keep("d", 2, 85)
    assert (kept.get("d"), len(kept), kept.weight) == (2, 2, 95)
    kept.keep("too heavy", 3, 101)
    assert (len(kept), kept.weight) == (0, 0)
