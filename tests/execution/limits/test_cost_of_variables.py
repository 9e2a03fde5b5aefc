"""What costs too much with the variables of one request, and only with those."""

from collections.abc import Mapping
from typing import Any, Final

import pytest

from bff.errors import BadUserInput, QueryTooComplex
from bff.events import Event, LimitExceeded
from bff.execution.document import Document
from bff.execution.documents import Documents
from bff.page_schema import build_schema
from bff.resilience.mode import Mode
from bff.schema import page
from bff.settings.edge import Limit, Limits
from tests.execution.toy import SCHEMA

NESTED: Final = """
    query A($x: Int, $y: Int! = 2) { many(first: $x) { ...F ...F } }
    query B { n }
    fragment F on Node { must(first: $y) { n } }
"""
LANDING_PAGE: Final = build_schema(page)._schema


class Checked:
    """A document under a limit of its cost, and what is told."""

    def __init__(self, text: str, most: int, mode: Mode = Mode.ENFORCE) -> None:
        self.told: list[Event] = []
        self.document: Document = Documents(SCHEMA, Limits(cost=Limit(most, mode)), tell=self.told.append).get(text)

    def check(self, variables: Mapping[str, Any], operation: str = "A") -> None:
        self.document.check(operation, variables)


@pytest.mark.parametrize(
    ("variables", "cost"),
    [({"x": 10}, 10 + 10 * 2 * 2), ({}, 3 + 3 * 2 * 2), ({"x": None}, 10 + 40), ({"x": 5, "y": 7}, 75), ({"x": -1}, 0)],
)
def test_e2_a_request_is_refused_by_what_its_variables_multiply_to(variables: dict[str, Any], cost: int) -> None:
    Checked(NESTED, cost).check(variables)
    checked = Checked(NESTED, cost - 1) if cost else None
    if checked is None:
        return
    with pytest.raises(QueryTooComplex) as refusal:
        checked.check(variables)
    [detail] = refusal.value.details
    assert detail["extensions"] == {"limit": "cost", "count": cost, "most": cost - 1}
    assert str(cost) in detail["message"]
    assert checked.told == [LimitExceeded("cost", cost, cost - 1, True)]


def test_in_report_only_mode_it_is_told_and_let_through() -> None:
    checked = Checked(NESTED, 40, Mode.REPORT_ONLY)
    checked.check({"x": 10})
    assert checked.told == [LimitExceeded("cost", 50, 40, False)]


def test_only_the_operation_that_runs_is_asked_for_its_cost() -> None:
    checked = Checked(NESTED, 1)
    checked.check({"x": 50}, "B")
    assert not checked.told


def test_nothing_is_counted_for_a_request_where_no_variable_that_is_let_through_can_cost_too_much() -> None:
    text = "query Q($n: Int!) { landingPage { messages(first: $n) { sender { id } } } }"
    documents = Documents(LANDING_PAGE, Limits(cost=Limit(101)))
    assert not documents.get(text).costs
    documents = Documents(LANDING_PAGE, Limits(cost=Limit(100)))
    assert documents.get(text).costs


def test_a_variable_beyond_its_range_is_refused_by_that_name() -> None:
    text = "query Q($n: Int!) { landingPage { messages(first: $n) { sender { id } } } }"
    with pytest.raises(BadUserInput):
        Documents(LANDING_PAGE, Limits(cost=Limit(10))).get(text).check(None, {"n": 51})


def test_e2_a_fan_multiplied_by_variables_is_added_up_in_no_time() -> None:
    fan = " ".join(f"fragment f{n} on Node {{ many(first: $x) {{ ...f{n + 1} }} }}" for n in range(40))
    text = f"query A($x: Int!) {{ many(first: $x) {{ ...f0 ...f0 }} }} {fan} fragment f40 on Node {{ n }}"
    limits = Limits(depth=Limit(100), cost=Limit(1_000))
    document = Documents(SCHEMA, limits).get(text)
    document.check(None, {"x": 1})
    with pytest.raises(QueryTooComplex):
        document.check(None, {"x": 2})
