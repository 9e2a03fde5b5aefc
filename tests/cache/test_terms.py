"""How the values of one call are kept, and for how long they may be served."""

import random
from dataclasses import replace
from typing import Any

import pytest

from bff.cache.entry import Entry, pack
from bff.cache.outcome import Fetched
from bff.cache.terms import Terms
from tests.cache.bench import TERMS

JITTERED = replace(TERMS, ttl=60, ttl_jitter=0.25, stale=300, revalidate=30)
AT = 1_000.0


def kept(terms: Terms, now: float = AT) -> Entry[Any]:
    entry = terms.unpacked(terms.packed(Fetched("v", AT)), now)
    assert entry is not None
    return entry


def test_what_was_fetched_is_kept_with_its_date() -> None:
    assert kept(TERMS) == Entry(AT, 60.0, "v")


def test_how_long_a_value_is_fresh_varies_by_the_jitter_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(random, "uniform", lambda low, _: low)
    assert kept(JITTERED).fresh_for == 45
    monkeypatch.setattr(random, "uniform", lambda _, high: high)
    assert kept(JITTERED).fresh_for == 75


def test_values_are_fresh_for_different_times() -> None:
    seconds = {kept(JITTERED).fresh_for for _ in range(20)}

    assert len(seconds) > 1
    assert all(45 <= each <= 75 for each in seconds)


def test_a_value_may_be_served_until_it_is_too_stale() -> None:
    packed = pack(Entry(AT, 60.0, "v"))

    assert JITTERED.unpacked(packed, AT + 299) is not None
    assert JITTERED.unpacked(packed, AT + 300) is None


def test_a_value_that_is_fresh_may_be_served_however_short_its_stale_time_is() -> None:
    packed = pack(Entry(AT, 60.0, "v"))
    terms = replace(TERMS, stale=0)

    assert terms.unpacked(packed, AT + 59) is not None
    assert terms.unpacked(packed, AT + 60) is None


@pytest.mark.parametrize("age", [299, -299])
def test_what_is_left_counts_down_from_the_date_whichever_clock_is_ahead(age: float) -> None:
    assert JITTERED.left(Entry(AT, 60.0, "v"), AT + age) == 1


def test_nothing_and_what_cannot_be_read_are_no_entry() -> None:
    assert TERMS.unpacked(None, AT) is None
    assert TERMS.unpacked(pack(Entry(AT, 60.0, 5)), AT) is None


def test_past_its_ttl_nobody_need_wait_for_a_successor_for_a_while() -> None:
    entry = Entry(AT, 60.0, "v")

    assert JITTERED.served_meanwhile(entry, AT + 89)
    assert not JITTERED.served_meanwhile(entry, AT + 90)
