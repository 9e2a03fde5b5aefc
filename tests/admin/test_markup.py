"""Nothing gets into a page unescaped."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bff.admin.markup import Markup, element, joined
from tests.admin.made_waterfalls import HOSTILE
from tests.admin.parsed import parsed


@pytest.mark.parametrize("text", HOSTILE)
def test_text_is_escaped_in_elements_and_in_attributes(text: str) -> None:
    tree = parsed(element("p", text, element("a", "there", href=f"/x?{text}")))
    assert [each.tag for each in tree.iter()] == ["p", "a"]


@given(st.text(st.characters()))
def test_any_text_makes_a_page_that_parses_and_can_be_sent(text: str) -> None:
    made = element("p", text, title=text)
    made.encode()
    parsed(made)


def test_what_turns_the_direction_of_text_is_left_out() -> None:
    assert element("b", "a\u202egnp.exe") == "<b>a\ufffdgnp.exe</b>"


def test_markup_is_taken_as_it_is_and_lists_one_by_one() -> None:
    assert joined([Markup("<b>1</b>"), None, ["<", 2]]) == "<b>1</b>&lt;2"


def test_attributes_are_named_as_in_html() -> None:
    made = element("input", class_="wide", aria_label="name", required=True, value=None, disabled=False, x=0.125)
    assert made == '<input class="wide" aria-label="name" required="required" x="0.12" />'
