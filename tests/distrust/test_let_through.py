"""What is let through of values of each kind of type."""

from collections import namedtuple
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, NamedTuple, TypedDict

import msgspec
import pytest

from bff.distrust.letting_through import let_through
from bff.distrust.links import LinkHosts
from bff.distrust.marks import LONGEST_TEXT, Id, Link, Picture, Text
from bff.errors import UpstreamInvalid

HOSTS = LinkHosts.of(("good.test",))
GOOD, BAD = "https://good.test/", "https://bad.test/"


class Node(msgspec.Struct, frozen=True):
    """Holds others like itself."""

    id: Id
    title: Text
    plain: str = ""
    link: Link | None = None
    nodes: list["Node"] = []


class Must(msgspec.Struct, frozen=True, tag="must"):
    url: Link


class May(msgspec.Struct, frozen=True, tag="may"):
    picture: Picture | None = None


@dataclass(frozen=True)
class Data:
    text: str


class Typed(TypedDict, total=False):
    text: str


class Named(NamedTuple):
    number: int
    text: str


def test_texts_are_cleaned_wherever_they_are() -> None:
    inner = Node("2", "a\x00b", "c\u202ed")
    [node], lost = let_through([Node("1", "e\x1bf", "x" * 20_000, None, [inner])], list[Node], HOSTS)
    assert (node.title, len(node.plain), node.nodes[0].title, node.nodes[0].plain) == ("ef", LONGEST_TEXT, "ab", "cd")
    assert lost == 0, "a text that was cleaned is not lost"


def test_what_is_clean_is_the_same_object_with_the_same_values() -> None:
    before = Node("1", "Zoë", "10\u00a0€", GOOD)
    [after], lost = let_through([before], list[Node], HOSTS)
    assert (after is before, after.link, lost) == (True, GOOD, 0)


def test_an_id_is_never_changed_but_costs_its_item() -> None:
    kept, lost = let_through([Node("1\x00", "a"), Node("1", "b")], list[Node], HOSTS)
    assert ([node.title for node in kept], lost) == (["b"], 1)


def test_a_link_that_leads_elsewhere_is_null_where_it_may_be_and_counted() -> None:
    kept, lost = let_through([Node("1", "a", link=BAD), Node("2", "b", link=GOOD)], list[Node], HOSTS)
    assert ([node.link for node in kept], lost) == ([None, GOOD], 1)


def test_a_link_that_leads_elsewhere_costs_its_item_where_it_must_be_there() -> None:
    kept, lost = let_through([Must(BAD), May(BAD), Must(GOOD), May("data:image/png,x")], list[Must | May], HOSTS)
    assert (kept, lost) == ([May(None), Must(GOOD), May("data:image/png,x")], 2)


def test_a_list_of_which_nothing_is_left_is_not_taken_for_an_empty_one() -> None:
    with pytest.raises(UpstreamInvalid, match="a link leads where none may, and so with all 2 items"):
        let_through([Must(BAD), Must("javascript:alert(1)")], list[Must], HOSTS)
    assert let_through([], list[Must], HOSTS) == ([], 0)


def test_a_single_record_that_may_not_be_shown_is_invalid_and_its_words_are_not_repeated() -> None:
    with pytest.raises(UpstreamInvalid) as caught:
        let_through(Must(BAD), Must, HOSTS)
    assert "bad.test" not in str(caught.value)


@pytest.mark.parametrize(
    ("value", "shape", "left"),
    [
        ("a\x00", str, "a"),
        (["a\x00"], list[str], ["a"]),
        ({"k": "a\x00"}, dict[str, str], {"k": "a"}),
        (("a\x00", 1), tuple[str, int], ("a", 1)),
        (("a\x00",), tuple[str, ...], ("a",)),
        ({"a\x00"}, set[str], {"a"}),
        (frozenset({"a\x00"}), frozenset[str], frozenset({"a"})),
        (Data("a\x00"), Data, Data("a")),
        ({"text": "a\x00"}, Typed, {"text": "a"}),
        ({}, Typed, {}),
        (Named(1, "a\x00"), Named, Named(1, "a")),
        ({"k": [1, "a\x00", None]}, Any, {"k": [1, "a", None]}),
        ({"k": [1, "a\x00", None]}, Any | None, {"k": [1, "a", None]}),
        ("a\x00", str | int | None, "a"),
        (7, str | int | None, 7),
        (None, str | None, None),
        (["a\x00"], list[str] | str, ["a"]),
        ("a\x00", list[str] | str, "a"),
        ("a\x00", Annotated[str, msgspec.Meta(max_length=5)], "a"),
        ([1, 2], list[int], [1, 2]),
    ],
)
def test_every_kind_of_value_is_cleaned(value: Any, shape: Any, left: Any) -> None:
    assert let_through(value, shape, HOSTS) == (left, 0)


@pytest.mark.parametrize(
    ("value", "shape"),
    [
        (Decimal("NaN"), Decimal),
        (Decimal("Infinity"), Decimal),
        ({"a\x00": 1}, dict[str, int]),
        ({"a\x00": 1}, Any),
        ([BAD], tuple[Link, ...]),
        ({"k": BAD}, dict[str, Link]),
    ],
)
def test_what_may_not_be_shown_and_cannot_be_cleaned_is_invalid(value: Any, shape: Any) -> None:
    with pytest.raises(UpstreamInvalid):
        let_through(value, shape, HOSTS)


def test_what_is_nested_too_deeply_is_invalid_and_no_crash() -> None:
    nested: Any = "a"
    for _ in range(5_000):
        nested = [nested]
    with pytest.raises(UpstreamInvalid, match="nested too deeply"):
        let_through(nested, Any, HOSTS)


def test_a_tuple_with_names_of_its_own_is_left_as_it_is() -> None:
    odd = namedtuple("odd", "number")
    assert let_through(odd(1), odd, HOSTS) == (odd(1), 0)
