"""What went between whom, and its text for Mermaid."""

from collections.abc import Callable

import pytest
from hypothesis import given
from msgspec.structs import replace

from bff.admin.drawing.exchange import MOST, Kind, exchange_of
from bff.admin.drawing.mermaid import mermaid
from bff.telemetry.waterfall.model import Waterfall
from tests.admin import examples
from tests.admin.made_waterfalls import HOSTILE, waterfalls


def lines(waterfall: Waterfall) -> list[str]:
    return [line.strip() for line in mermaid(exchange_of(waterfall)).splitlines()]


def test_a_vendor_that_hangs_is_given_up_with_a_cross_and_ends_after_the_answer() -> None:
    said = lines(examples.vendor_hangs())
    assert said[0] == "sequenceDiagram"
    assert "participant P7 as recommendations" in said
    assert "P2-->>P1: recommendations.next: miss" in said
    assert said[-3:] == [
        "P7-xP1: recommendations not there after 302 ms, TIMED_OUT",
        "P1-->>P0: 200 · 308 ms, without recommendations",
        "P7-xP1: DEADLINE_EXCEEDED after 2,000 ms",
    ]


def test_what_is_asked_at_once_stands_in_a_par() -> None:
    said = lines(examples.vendor_hangs())
    first = said.index("par users")
    assert said[first : first + 4] == ["par users", "P1->>P3: by_ids", "and messages", "P1->>P4: latest"]
    assert said.count("end") == 2


@pytest.mark.parametrize(
    ("example", "steps"),
    [
        (
            examples.retried,
            [
                "P3-->>P1: 503 · UPSTREAM_ERROR · 20 ms",
                "Note over P1: 28 ms: waits before todos is tried again",
                "P1->>P3: latest, retry: attempt 2",
                "P3-xP1: UPSTREAM_UNREACHABLE after 1.0 ms",
                "P1->>P3: latest, retry: attempt 3",
                "P3-->>P1: 200 · 24 ms",
            ],
        ),
        (
            examples.hedged,
            ["P1->>P3: latest, hedge: attempt 2", "P1-xP3: called off after 129 ms", "P3-->>P1: 200 · 38 ms"],
        ),
        (examples.queued, ["Note over P1: 185 ms: waits for a free slot of todos"]),
        (examples.elsewhere, ["Note over P2: 147 ms: another process fetches todos.latest"]),
        (
            examples.joined,
            [
                "P1->>P3: latest",
                "P0->>P1: asks Landing",
                "Note over P1: joins todos.latest, which request e1d9a07b33 asked for 141 ms before",
            ],
        ),
        (examples.cached, ["P2-->>P1: viewer.latest: hit", "P2-->>P1: todos.latest: stale"]),
        (examples.under_way, ["Note over P4: no answer yet when this was drawn"]),
        (examples.refused, ["P1-->>P0: 401 · UNAUTHENTICATED · 0.8 ms"]),
    ],
)
def test_steps_are_told_in_their_order(example: Callable[[], Waterfall], steps: list[str]) -> None:
    said = lines(example())
    places = [said.index(step) for step in steps]
    assert places == sorted(places)


def test_a_gateway_that_was_seen_stands_between_the_browser_and_us() -> None:
    exchange = exchange_of(replace(examples.whole(), gateway=True))
    assert exchange.who[:3] == ("Browser", "Gateway", "BFF")
    assert [(step.source, step.target) for step in exchange.steps[:2]] == [("Browser", "Gateway"), ("Gateway", "BFF")]
    assert (exchange.steps[-1].source, exchange.steps[-1].target) == ("BFF", "Gateway")


def test_a_load_that_was_refused_is_no_hit() -> None:
    page = examples.whole()
    section = page.sections[0]
    refused = replace(section.loads[0], field="sender", waited_for=None, code="BREAKER_OPEN")
    said = lines(replace(page, sections=(replace(section, loads=(refused,)),), calls=()))
    assert any(line.endswith("miss, and no call was made: BREAKER_OPEN") for line in said)


def test_a_client_that_left_gets_a_cross() -> None:
    said = lines(replace(examples.whole(), verdict="gone", status=499))
    assert said[-1] == "P1-xP0: the client left after 109 ms"


def test_of_very_many_steps_the_first_are_told_and_the_answer() -> None:
    exchange = exchange_of(examples.very_many_sections())
    assert len(exchange.steps) == MOST
    assert exchange.left_out == 1_202 - MOST
    assert exchange.steps[-1].target == "Browser"


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_can_neither_end_its_line_nor_begin_another(name: str) -> None:
    known, forged = examples.vendor_hangs(), replace(examples.vendor_hangs(), operation=name)
    said = lines(forged)
    assert len(said) == len(lines(known))
    assert not any(character in "".join(said) for character in "<\"'\\`{")


@given(waterfalls)
def test_whatever_happened_every_line_is_one_that_mermaid_knows(waterfall: Waterfall) -> None:
    exchange = exchange_of(waterfall)
    for line in lines(waterfall)[1:]:
        assert line == "end" or line.startswith(("participant P", "Note over P", "P", "par ", "and "))
    assert sum(step.kind is not Kind.NOTE for step in exchange.steps) >= 1
