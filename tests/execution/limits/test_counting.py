"""What counts, by example; tests/execution/limits/test_against_naive.py has the rest."""

from typing import Final

import pytest
from graphql import get_introspection_query, parse

from bff.execution.limits.counting import SCHEMA_COST, Counting
from bff.execution.limits.size import UNCOUNTED
from bff.execution.limits.total import SpreadsItself
from bff.page_schema import build_schema
from bff.schema import page
from bff.settings.edge import Limit, Limits
from tests.execution.toy import SCHEMA
from tests.page_client import LANDING

LANDING_PAGE: Final = build_schema(page)._schema
AT_MOST_50: Final = LANDING.replace("messages {", "messages(first: 50) {", 1)


def over(text: str, limits: Limits | None = None) -> dict[str, int]:
    """What the document goes over, with the count."""
    return {each.limit: each.count for each in Counting(SCHEMA, limits or Limits())(parse(text)).exceeded}


def cost(text: str) -> int:
    """Of the landing page's document."""
    [told] = Counting(LANDING_PAGE, Limits(cost=Limit(-1)))(parse(text)).exceeded
    assert told.limit == "cost"
    return told.count


def at_first_50(text: str) -> str:
    for section in ("messages", "todos", "notifications", "recommendations"):
        text = text.replace(f"    {section} {{", f"    {section}(first: 50) {{")
    return text


def test_the_landing_page_is_far_below_what_an_answer_may_hold() -> None:
    assert cost(LANDING) == 67
    assert LANDING.count("{") > 1
    assert cost(at_first_50(LANDING)) == 402


def test_each_operation_counts_by_itself_and_fragments_that_are_not_spread_do_not() -> None:
    levels = "a { " * 6 + "n" + " }" * 6
    document = f"query A {{ {levels} }} query B {{ {levels} }} fragment F on Node {{ {levels} ...G }}"
    assert not over(f"{document} fragment G on Node {{ {'a { ' * 8} n {'} ' * 8} }}")


def test_every_operation_has_to_be_within_the_limits_whichever_runs() -> None:
    assert over(f"query A {{ n }} query B {{ {'a { ' * 8} n {'} ' * 8} }}") == {"depth": 9}


def test_fields_make_levels_and_fragments_do_not() -> None:
    deepest = "{ a { ... on Node { ...F } } } fragment F on Node { " + "a { " * 5 + "... { n }" + " }" * 6
    assert not over(deepest, Limits(depth=Limit(7)))
    assert over(deepest, Limits(depth=Limit(6))) == {"depth": 7}


def test_all_that_a_document_goes_over_is_told_together() -> None:
    many = " ".join(f"b{n}: plain {{ n @skip(if: true) @include(if: false) }}" for n in range(30))
    deep = f"{'plain { ' * 9} n {'} ' * 9}"
    assert over(f"{{ {many} {deep} }}") == {"depth": 10, "aliases": 30, "directives": 60, "cost": UNCOUNTED}


@pytest.mark.parametrize(
    ("given", "items"),
    [("", 3), ("(first: 4)", 4), ("(first: -4)", 0), ("(first: null)", 3), (f"(first: {'9' * 5_000})", UNCOUNTED)],
)
def test_a_list_has_as_many_items_as_its_first_says(given: str, items: int) -> None:
    assert over(f"{{ many{given} {{ n }} }}", Limits(cost=Limit(-1))) == {"cost": items}


@pytest.mark.parametrize("given", ["51", "1000000", "9" * 5_000])
def test_more_than_the_range_allows_costs_what_the_range_allows_for_it_is_refused_by_that_name(given: str) -> None:
    assert cost(f"{{ landingPage {{ messages(first: {given}) {{ id }} }} }}") == 51


def test_e2_a_fan_of_fragments_counts_beyond_all_numbers_in_no_time() -> None:
    fan = " ".join(f"fragment f{n} on Node {{ b: a {{ ...f{n + 1} }} c: a {{ ...f{n + 1} }} }}" for n in range(300))
    told = over(f"{{ a {{ ...f0 }} }} {fan} fragment f300 on Node {{ n }}")
    assert told == {"depth": 302, "aliases": UNCOUNTED, "cost": UNCOUNTED}


@pytest.mark.parametrize(
    ("fragments", "path"),
    [
        ("fragment A on Node { ...A }", ["A", "A"]),
        (
            "fragment A on Node { a { ...B } } fragment B on Node { ... { ...C } } fragment C on Node { ...B }",
            ["B", "C", "B"],
        ),
    ],
)
def test_e2_a_fragment_that_spreads_itself_is_found(fragments: str, path: list[str]) -> None:
    with pytest.raises(SpreadsItself) as cycle:
        over(f"{{ a {{ ...A }} }} {fragments}")
    assert cycle.value.path == path


def test_what_the_schema_does_not_know_is_counted_all_the_same() -> None:
    unknown = (
        "{ x { y { z(first: 3) { n } ... on Nobody { n { ...F } } ...Nowhere } } } fragment F on Nothing { m { n } }"
    )
    assert over(unknown, Limits(depth=Limit(1), cost=Limit(1))) == {"depth": 5, "cost": 5}


def test_what_tools_ask_about_the_schema_is_within_limits_of_its_own() -> None:
    assert not over(get_introspection_query(specified_by_url=True, input_value_deprecation=True))


def test_e2_recursion_through_the_schema_is_bounded_by_depth_and_by_cost() -> None:
    deep = "{ __schema { types { ...T } } } fragment T on __Type { " + "ofType { " * 20 + "name" + " }" * 21
    assert over(deep) == {"depth": 23}
    wide = "{ __schema { types { fields { args { type { fields { args { type { name } } } } } } } } }"
    assert over(wide)["cost"] > SCHEMA_COST


def test_limits_that_are_set_higher_hold_for_the_schema_too() -> None:
    wide = "{ __schema { types { fields { args { type { fields { args { type { name } } } } } } } } }"
    assert not over(wide, Limits(cost=Limit(10_000_000)))
    deep = "{ __schema { types { " + "ofType { " * 25 + "name" + " }" * 28
    assert not over(deep, Limits(depth=Limit(30)))
    assert over(deep, Limits(depth=Limit(27))) == {"depth": 28}
