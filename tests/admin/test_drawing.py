"""The pictures: what is drawn lies within them and says what the waterfall says."""

from collections.abc import Callable
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given

from bff.admin.drawing import sequence
from bff.admin.drawing import waterfall as picture
from bff.admin.drawing.exchange import exchange_of
from bff.admin.drawing.rows import MOST_SECTIONS
from bff.admin.drawing.scale import round_numbers
from bff.telemetry.waterfall.model import Waterfall
from tests.admin import examples
from tests.admin.made_waterfalls import waterfalls
from tests.admin.parsed import SVG, drawn, parsed, words


def percent(element: ET.Element, name: str) -> float:
    value = element.get(name, "")
    assert value.endswith("%")
    return float(value.removesuffix("%"))


def pixels(element: ET.Element, name: str) -> float:
    return float(element.get(name, "nan"))


def assert_within(waterfall: Waterfall) -> None:
    """The bars of the waterfall, and all that the sequence diagram is made of."""
    tree = parsed(picture.draw(waterfall))
    for class_ in ("bar", "beyond", "outside"):
        for bar in drawn(tree, class_):
            assert percent(bar, "x") >= 0
            assert percent(bar, "width") > 0
            assert percent(bar, "x") + percent(bar, "width") <= 100.001
            assert 0 <= pixels(bar, "y") <= pixels(bar, "y") + pixels(bar, "height") <= pixels(tree, "height")
    for class_ in ("critical", "moment", "given-up", "grid"):
        for line in drawn(tree, class_):
            assert all(0 <= percent(line, end) <= 100 for end in ("x1", "x2"))
            assert all(0 <= pixels(line, end) <= pixels(tree, "height") for end in ("y1", "y2"))
    tree = parsed(sequence.draw(exchange_of(waterfall)))
    for box in tree.iter(f"{SVG}rect"):
        assert 0 <= pixels(box, "x") <= pixels(box, "x") + pixels(box, "width") <= pixels(tree, "width") + 500
        assert 0 <= pixels(box, "y") <= pixels(box, "y") + pixels(box, "height") <= pixels(tree, "height")
    for line in drawn(tree, "arrow"):
        assert all(0 <= pixels(line, end) <= pixels(tree, "width") for end in ("x1", "x2"))


@pytest.mark.parametrize("example", examples.EXAMPLES)
def test_what_is_drawn_lies_within_the_picture(example: Callable[[], Waterfall]) -> None:
    assert_within(example())


@given(waterfalls)
def test_so_does_whatever_a_timeline_could_hold(waterfall: Waterfall) -> None:
    assert_within(waterfall)


def told(tree: ET.Element) -> list[str]:
    return [words(each) for each in drawn(tree, "told")]


def test_the_call_that_goes_on_after_the_page_is_hatched_from_the_answer_to_the_edge() -> None:
    tree = parsed(picture.draw(examples.vendor_hangs()))
    [beyond] = drawn(tree, "beyond")
    [moment] = drawn(tree, "moment")
    assert percent(beyond, "x") == percent(moment, "x1")
    assert percent(beyond, "x") + percent(beyond, "width") == pytest.approx(100, abs=0.01)
    assert "2,000 ms · DEADLINE_EXCEEDED" in told(tree)
    assert "answer, 308 ms" in words(tree)


def test_a_section_that_was_given_up_says_so_with_its_state_and_code() -> None:
    tree = parsed(picture.draw(examples.vendor_hangs()))
    [line] = drawn(tree, "given-up")
    assert words(line) == "given up at 304 ms"
    assert "given up after 302 ms" in told(tree)
    assert "TIMED_OUT" in [words(each) for each in drawn(tree, "badge-text")]
    assert "DEADLINE_EXCEEDED · recommendations.next" in words(tree)


def test_the_critical_path_runs_without_gaps_from_the_beginning_to_the_end() -> None:
    waterfall = examples.vendor_hangs()
    lines = list(drawn(parsed(picture.draw(waterfall)), "critical"))
    across = [line for line in lines if line.get("y1") == line.get("y2")]
    assert percent(across[0], "x1") == 0
    for line, following in pairwise(lines):
        assert (line.get("x2"), line.get("y2")) == (following.get("x1"), following.get("y1"))
    assert any("waiting for recommendations' first byte, 300 ms" in words(line) for line in lines)


@pytest.mark.parametrize(
    ("example", "attempts"),
    [
        (examples.retried, ["20 ms · 503 · UPSTREAM_ERROR", "1.0 ms · UPSTREAM_UNREACHABLE", "24 ms · 200 · 4.1 kB"]),
        (examples.hedged, ["129 ms · called off", "38 ms · 200 · 4.1 kB"]),
        (examples.under_way, ["176 ms, goes on"]),
    ],
)
def test_every_attempt_has_its_row(example: Callable[[], Waterfall], attempts: list[str]) -> None:
    assert set(attempts) <= set(told(parsed(picture.draw(example()))))


def test_what_began_before_the_request_is_marked() -> None:
    tree = parsed(picture.draw(examples.joined()))
    assert "joined; made for e1d9a0" in words(tree)
    assert [words(each) for each in drawn(tree, "moment-label")] == ["request", "answer, 92 ms"]
    assert list(drawn(tree, "beyond"))


def test_of_too_many_sections_some_are_not_drawn_but_those_waited_for_are() -> None:
    tree = parsed(picture.draw(examples.very_many_sections()))
    sections = [each for each in drawn(tree, "label") if "section" in each.get("class", "")]
    assert len(sections) == MOST_SECTIONS
    assert "as t299" in words(tree)


def test_a_picture_says_in_words_what_it_shows() -> None:
    tree = parsed(picture.draw(examples.vendor_hangs()))
    assert tree.get("role") == "img"
    assert words(tree).startswith("Waterfall of request b7e2d0c4a8f14c7d 308 ms, nearly all of it waiting for")
    bars = list(drawn(tree, "bar"))
    assert "first byte: 300 ms, from 4.1 ms to 304 ms" in [words(bar) for bar in bars]


@pytest.mark.parametrize(
    ("start", "end", "numbers"),
    [
        (0, 0.3, [0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3]),
        (-0.04, 0.1, [-0.04, -0.02, 0, 0.02, 0.04, 0.06, 0.08, 0.1]),
        (0, 10, [0, 2, 4, 6, 8, 10]),
    ],
)
def test_the_axis_has_round_numbers(start: float, end: float, numbers: list[float]) -> None:
    assert round_numbers(start, end) == pytest.approx(numbers)
