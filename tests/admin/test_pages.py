"""The pages, whatever is on them."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from msgspec.structs import replace

from bff.admin.pages.frame import Frame
from bff.admin.pages.listed import listed
from bff.admin.pages.request import request_page
from bff.admin.peers import Merged
from bff.telemetry.waterfall.model import Waterfall
from bff.telemetry.waterfall.summary import Wanted
from tests.admin import examples
from tests.admin.made_waterfalls import HOSTILE, waterfalls
from tests.admin.parsed import parsed, words
from tests.admin.peers_in_process import summary_of

FRAME = Frame.read()


@pytest.mark.parametrize("example", examples.EXAMPLES)
def test_every_example_has_its_page(example: Callable[[], Waterfall]) -> None:
    waterfall = example()
    page = words(parsed(request_page(FRAME, waterfall, "3")))
    for part in (waterfall.request_id, waterfall.trace_id, "worker 3", "Where the time went", "sequenceDiagram"):
        assert part in page


@given(waterfalls)
def test_so_has_whatever_a_timeline_could_hold(waterfall: Waterfall) -> None:
    parsed(request_page(FRAME, waterfall, "0")).find("body")
    found = Merged((("0", summary_of(waterfall)),), ())
    parsed(listed(FRAME, found, Wanted(operation=waterfall.operation), waterfall.started)).find("body")


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_is_text_wherever_it_stands(name: str) -> None:
    waterfall = replace(examples.vendor_hangs(), operation=name, client=name, verdict=name)
    page = request_page(FRAME, waterfall, name)
    assert len(list(parsed(page).iter())) == len(list(parsed(request_page(FRAME, examples.vendor_hangs(), "0")).iter()))
    wanted = Wanted(operation=name, source=name, status=name)
    parsed(listed(FRAME, Merged(((name, summary_of(waterfall)),), (name,)), wanted, 0))


def test_the_same_numbers_stand_in_a_table() -> None:
    page = parsed(request_page(FRAME, examples.vendor_hangs(), "0"))
    rows = [words(row) for row in page.iter("tr")]
    assert "landingPage.recommendations, TIMED_OUT first byte 4.1 ms 304 ms 300 ms" in rows
    assert "call recommendations.next, attempt 1 first byte 4.1 ms 2,004 ms 2,000 ms" in rows


def test_what_each_source_cost_is_told_and_which_cost_nothing() -> None:
    page = words(parsed(request_page(FRAME, examples.vendor_hangs(), "0")))
    assert "without recommendations 109 ms 199 ms less" in page
    assert "It would have taken as long without messages, notifications, todos or users." in page


def test_the_list_says_what_was_wrong_and_how_long_ago() -> None:
    found = Merged((("1", summary_of(examples.vendor_hangs())),), ())
    page = words(parsed(listed(FRAME, found, Wanted(), examples.STARTED + 12)))
    for part in ("06:00:00 12 s ago", "308 ms", "degraded 200", "recommendations TIMED_OUT DEADLINE_EXCEEDED"):
        assert part in page


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        (Wanted(), "No requests yet."),
        (Wanted("degraded"), "No page was degraded, refused or crashed in the last hour."),
        (Wanted(source="ads"), "No request of the last hour that is kept fits this filter."),
    ],
)
def test_an_empty_list_says_why(wanted: Wanted, said: str) -> None:
    assert said in words(parsed(listed(FRAME, Merged((), ()), wanted, 0)))


def test_no_page_asks_for_anything_from_elsewhere() -> None:
    page = request_page(FRAME, examples.whole(), "0")
    assert "<script" not in page
    assert "@import" not in FRAME.style
    assert "url(" not in FRAME.style.replace("url(#beyond)", "")
    assert (Path(__file__).parents[2] / "bff" / "admin" / "pages" / "style.css").read_text() == FRAME.style
