"""What is taken out of texts, and what stays."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bff.distrust.texts import INVISIBLE, cleaned, is_clean

STAYS = {
    "plain": "Reply to Ann: the budget",
    "lines and tabs": "one\n\ttwo",
    "letters of the world": "Za\u017c\u00f3\u0142\u0107, \u4f60\u597d, \u05e9\u05dc\u05d5\u05dd",
    "joined emoji": "\U0001f469\u200d\U0001f4bb",
    "a flag of a part of a country": "\U0001f3f4\U000e0067\U000e0062\U000e007f",
    "a joiner in Persian": "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
    "marks of direction": "\u200f\u05e9\u05dc\u05d5\u05dd\u200e",
    "a space that does not break": "10\u00a0€",
    "nothing": "",
}
GOES = {
    "null": ("a\x00b", "ab"),
    "escape": ("\x1b[31mred", "[31mred"),
    "carriage return": ("one\r\ntwo", "one\ntwo"),
    "delete and C1": ("a\x7f\x85\x9bb", "ab"),
    "a turned-around name": ("photo_\u202egnp.exe", "photo_gnp.exe"),
    "isolates": ("\u2066a\u2069", "a"),
    "lines that end elsewhere": ("a\u2028b\u2029c", "abc"),
    "a byte order mark": ("\ufeffa", "a"),
    "half of a pair": ("a\ud800b\udfff", "ab"),
}


@pytest.mark.parametrize("text", STAYS.values(), ids=STAYS)
def test_what_people_write_stays_the_very_same_object(text: str) -> None:
    assert cleaned(text, 100) is text


@pytest.mark.parametrize(("text", "left"), GOES.values(), ids=GOES)
def test_what_cannot_be_seen_is_taken_out(text: str, left: str) -> None:
    assert cleaned(text, 100) == left
    assert not is_clean(text)


def test_what_is_too_long_is_cut_where_people_see_it() -> None:
    assert cleaned("x" * 100, 100) == "x" * 100
    assert cleaned("x" * 101, 100) == "x" * 99 + "…"


@given(st.text(st.characters() | st.sampled_from("\x00\x1b\u202e\ud800\ufeff")), st.integers(1, 20))
def test_whatever_comes_is_clean_and_short_enough_afterwards(text: str, most: int) -> None:
    left = cleaned(text, most)
    assert len(left) <= most
    assert is_clean(left)
    assert INVISIBLE.search(left) is None
    left.encode()
    assert cleaned(left, most) is left
